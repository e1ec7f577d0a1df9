import { keys } from '#shared/redis/keys.ts';
import { defineScript, of } from '#shared/redis/script.ts';
import type { RunStatus } from './request.ts';
import { enqueueRun } from './enqueue.ts';
import type { Fence } from './fence.ts';
import type { RunParts } from './parts.ts';
import { fromStates } from './transitions.ts';

const suspendScript = defineScript(new URL('./suspend.lua', import.meta.url), {
  keys: ['record', 'once', 'unqueued'],
  args: {
    id: of<string>(),
    epoch: of<number>(),
    token: of<string>(),
    from: of<Partial<Record<RunStatus, true>>>(),
    to: of<RunStatus>(),
  },
  reply: of<'waiting' | 'queued' | 'lost'>(),
});

/**
 * Lets the run wait for a human. Its job ends, and a decision queues it again. `queued`: the decision, or a stop, has
 * come already. `lost`: another worker has the run.
 */
export async function suspendRun(parts: RunParts, runId: string, fence: Fence): Promise<'waiting' | 'queued' | 'lost'> {
  const state = await suspendScript(
    parts.redis,
    { record: keys.run(runId), once: keys.once(runId), unqueued: keys.unqueued },
    { id: runId, epoch: fence.epoch, token: fence.token, from: fromStates('suspend'), to: 'waiting' },
  );
  if (state === 'queued') await enqueueRun(parts, runId);
  return state;
}

const wakeScript = defineScript(new URL('./wake.lua', import.meta.url), {
  keys: ['record', 'once', 'unqueued'],
  args: { id: of<string>(), from: of<Partial<Record<RunStatus, true>>>() },
  reply: of<0 | 1>(),
});

/** Queues a waiting run again when nothing keeps it waiting any more. Returns whether it did. */
export async function wakeRun(parts: RunParts, runId: string): Promise<boolean> {
  const woken = await wakeScript(
    parts.redis,
    { record: keys.run(runId), once: keys.once(runId), unqueued: keys.unqueued },
    { id: runId, from: fromStates('decide') },
  );
  if (woken === 1) await enqueueRun(parts, runId);
  return woken === 1;
}
