import { keys } from '#shared/redis/keys.ts';
import { appendEntries } from './journal.ts';
import type { RunParts } from './parts.ts';
import { readRun } from './record.ts';

/** Characters of one remark. */
export const steerMax = 20_000;

export type SteerResult = 'heard' | 'ended' | 'unknown';

/**
 * Says more to a run that is under way. The model hears it before its next step, and does not end before it has
 * answered to it. `ended`: it came too late, and nobody will hear it.
 */
export async function steerRun(parts: RunParts, runId: string, by: string, text: string): Promise<SteerResult> {
  const { redis } = parts;
  const record = await readRun(redis, runId);
  if (!record) return 'unknown';
  if (record.status === 'ended') return 'ended';
  await appendEntries(redis, runId, [{ type: 'steered', by, text }]);
  await redis.publish(keys.control, JSON.stringify({ steer: runId }));
  // A run that ended in this moment has not heard it.
  return (await redis.hget(keys.run(runId), 'status')) === 'ended' ? 'ended' : 'heard';
}
