import { keys } from '#shared/redis/keys.ts';
import { redisNow } from '#shared/redis/connect.ts';
import { defineScript, of } from '#shared/redis/script.ts';
import { noUsage, type RunStatus } from './request.ts';
import { endRun } from './end.ts';
import { enqueueRun } from './enqueue.ts';
import { runKeys, unclaimed } from './fence.ts';
import { readRun } from './record.ts';
import type { RunParts } from './parts.ts';
import { scriptEntries, type ScriptEntry } from './script-entries.ts';
import { fromStates } from './transitions.ts';

export type StopResult = 'stopping' | 'stopped' | 'already-ended' | 'unknown';

const stopScript = defineScript(new URL('./stop.lua', import.meta.url), {
  keys: ['record', 'journal', 'once', 'results', 'unqueued', 'log'],
  args: {
    id: of<string>(),
    by: of<string>(),
    entry: of<ScriptEntry | undefined>(),
    from: of<Partial<Record<RunStatus, true>>>(),
  },
  reply: of<[state: 'stopping' | 'not-begun' | 'already-ended' | 'unknown', woken: 0 | 1]>(),
});

/**
 * Stops a run for `by` (a name for people). A run that a worker holds is told over the control channel and ends within
 * a second. One that waits for a human goes to a worker, which says what was done. One that nobody has begun is ended
 * here.
 */
export async function stopRun(parts: RunParts, runId: string, by: string): Promise<StopResult> {
  const { redis } = parts;
  const [entry] = scriptEntries(runId, [{ type: 'stop.requested', by }]);
  const [state, woken] = await stopScript(
    redis,
    { ...runKeys(runId), unqueued: keys.unqueued, log: keys.audit },
    { id: runId, by, entry, from: fromStates('stop') },
  );
  if (state === 'unknown' || state === 'already-ended') return state;
  // Publishes whatever the status was: a worker may have taken the run since.
  await redis.publish(keys.control, JSON.stringify({ stop: runId, by }));
  if (state === 'not-begun') return stopUnbegun(parts, runId, by);
  if (woken === 1) await enqueueRun(parts, runId);
  return 'stopping';
}

async function stopUnbegun(parts: RunParts, runId: string, by: string): Promise<StopResult> {
  const record = await readRun(parts.redis, runId);
  if (!record) return 'unknown';
  const ended = await endRun(parts, record.request, unclaimed, {
    type: 'run.ended',
    outcome: 'stopped',
    text: `Stopped by ${by} before anything was done.`,
    reason: 'stopped',
    usage: noUsage,
    models: [],
    tools: [],
    iterations: 0,
    durationMs: Math.max(0, (await redisNow(parts.redis)) - record.acceptedAt),
  });
  // Otherwise a worker was quicker and has begun; it hears of the stop.
  return ended ? 'stopped' : 'stopping';
}
