import type { Redis } from 'ioredis';
import { appendEntry } from './journal.ts';
import { keys } from './keys.ts';
import type { Queues } from './queues.ts';
import { claimRun } from './claim.ts';
import { endRun, readRun, resumeRun } from './runs.ts';

export type StopResult = 'stopping' | 'stopped' | 'already-ended' | 'unknown';

/**
 * Stops a run for `by` (a name for people). A run that a worker holds is told over the control channel and ends
 * within a second; one that waits for a human is given to a worker, which says what was done; one that nobody has
 * begun is ended here.
 */
export async function stopRun(redis: Redis, queues: Queues, runId: string, by: string): Promise<StopResult> {
  const record = await readRun(redis, runId);
  if (!record) return 'unknown';
  if (record.status === 'ended') return 'already-ended';
  await redis.hset(keys.run(runId), 'stop', by);
  await appendEntry(redis, runId, { type: 'stop.requested', by });
  // Whatever the status was: a worker may have taken the run since it was read.
  await redis.publish(keys.control, JSON.stringify({ stop: runId, by }));
  if (record.status === 'waiting') await resumeRun(redis, queues, runId);
  if (record.status !== 'queued' || record.epoch > 0) return 'stopping';
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
