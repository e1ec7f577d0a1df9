import { keys } from '#shared/redis/keys.ts';
import { redisNow } from '#shared/redis/connect.ts';
import { addRunJob, needsOf } from './enqueue.ts';
import { mendLine } from './lines.ts';
import { readRun, type RunRecord } from './record.ts';
import type { RunParts } from './parts.ts';
import { wakeRun } from './suspend.ts';

/**
 * How a run was found, and what was done for it. `queued`: it had no job and has one again. `hastened`: its job had
 * failed or was put off for too long. `woken`: it waited, but for nothing. The others needed nothing: `under-way`,
 * `in-line` (another run of its conversation goes before it), `waiting` for a human, `ended`, `unknown`.
 */
export type Mended = 'queued' | 'hastened' | 'woken' | 'under-way' | 'in-line' | 'waiting' | 'ended' | 'unknown';

/** Milliseconds for which a job may be put off: more than any back-off. */
const putOffMs = 45_000;

/**
 * Brings a run on its way again by what its record says, whatever has become of its job or of its place in line.
 * Harmless when two do it at once, or when nothing is wrong. Rejects on a record that this version cannot read.
 */
export async function mendRun(parts: RunParts, runId: string): Promise<Mended> {
  const { redis } = parts;
  const record = await readRun(redis, runId);
  if (!record) return 'unknown';
  if (record.status === 'ended') {
    await redis.pipeline().zrem(keys.open, runId).zrem(keys.unqueued, runId).exec();
    return 'ended';
  }
  if (record.status === 'waiting') return (await wakeRun(parts, runId)) ? 'woken' : 'waiting';
  // Removes only the mark that is there now: the end of the run before this one may set a new mark meanwhile.
  const mark = await redis.zscore(keys.unqueued, runId);
  await mendLine(redis, record);
  const mended = await bringJob(parts, record);
  if (mark !== null && (await redis.zscore(keys.unqueued, runId)) === mark) await redis.zrem(keys.unqueued, runId);
  return mended;
}

async function bringJob(parts: RunParts, record: RunRecord): Promise<Mended> {
  const { queues, redis } = parts;
  const needs = await needsOf(redis, record);
  if (needs.job === undefined) return 'in-line';
  // An older version that had a part in the run may have named its job in another way.
  const names = [...new Set([needs.job, record.id, `${record.id}~${record.epoch}`])];
  const job = await queues.standing('runs', names);
  if (job?.hollow) await queues.remove('runs', job.jobId);
  if (!job || job.hollow) {
    await addRunJob(queues, needs);
    return 'queued';
  }
  const putOff = job.putOffUntil !== undefined && isPutOff(job, await redisNow(redis));
  if (!job.failed && !putOff) return 'under-way';
  await queues.hasten('runs', job.jobId);
  return 'hastened';
}

/** Whether a job is put off for longer than any back-off lasts: by a clock that was wrong, or by an older version. */
export function isPutOff({ putOffUntil = 0 }: { putOffUntil?: number }, now: number): boolean {
  return putOffUntil - now > putOffMs;
}
