import type { Redis } from 'ioredis';
import { auditLua } from './audit/rows.ts';
import { claimRun } from './claim.ts';
import { entryArguments } from './journal.ts';
import { keys } from './keys.ts';
import type { Queues } from './queues.ts';
import { defineScript } from './redis-script.ts';
import { resumeLua } from './resume-lua.ts';
import { endRun, enqueueResumed, readRun, type RunRecord } from './runs.ts';

export type StopResult = 'stopping' | 'stopped' | 'already-ended' | 'unknown';

/** Stores the wish and lets a waiting run go on, so that it hears of it: all or nothing. */
const stopScript = defineScript(
  5,
  `
  ${auditLua}
  ${resumeLua}
  local record, journal, once, log, unqueued = unpack(KEYS)
  local run, by, key, entry, row = unpack(ARGV)
  local current = redis.call('HMGET', record, 'status', 'epoch')
  if not current[1] or current[1] == 'ended' then return {current[1] or 'gone', 0, 0} end
  redis.call('HSET', record, 'stop', by)
  redis.call('XADD', journal, '*', 'e', entry)
  audited(log, record, once, run, key, row)
  return {current[1], tonumber(current[2]), resume(record, unqueued, run)}
`,
);

/**
 * Stops a run for `by` (a name for people). A run that a worker holds is told over the control channel and ends
 * within a second; one that waits for a human is given to a worker, which says what was done; one that nobody has
 * begun is ended here.
 */
export async function stopRun(redis: Redis, queues: Queues, runId: string, by: string): Promise<StopResult> {
  const record = await readRun(redis, runId);
  if (!record) return 'unknown';
  const [status, epoch, resumed] = await stopScript<[RunRecord['status'] | 'gone', number, number]>(
    redis,
    [keys.run(runId), keys.journal(runId), keys.once(runId), keys.audit, keys.unqueued],
    [runId, by, ...entryArguments([{ type: 'stop.requested', by }])],
  );
  if (status === 'gone') return 'unknown';
  if (status === 'ended') return 'already-ended';
  // Whatever the status was: a worker may have taken the run since.
  await redis.publish(keys.control, JSON.stringify({ stop: runId, by }));
  await enqueueResumed(redis, queues, runId, resumed);
  if (status !== 'queued' || epoch > 0) return 'stopping';
  const claim = await claimRun(redis, runId, `stop by ${by}`);
  if (claim.state !== 'claimed') return 'already-ended';
  await endRun(redis, queues, record.request, claim.epoch, {
    type: 'run.ended',
    outcome: 'stopped',
    text: `Stopped by ${by} before anything was done.`,
    reason: 'stopped',
    usage: { inputTokens: 0, outputTokens: 0, costUsd: 0, estimated: false },
    models: [],
    tools: [],
    iterations: 0,
    durationMs: Date.now() - record.acceptedAt,
  });
  return 'stopped';
}
