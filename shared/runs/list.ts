import type { Redis } from 'ioredis';
import { auditDiscard } from '../audit/rows.ts';
import { keys } from '../keys.ts';
import { runKeys } from './fence.ts';
import { readRun, type RunRecord } from './record.ts';

/** Which runs are meant; what is absent does not narrow. */
export interface RunFilter {
  /** Kinds of failure (`RunRecord.reason`). */
  reasons?: string[];
  /** Milliseconds since the epoch: failed (or, of all runs, accepted) then or later. */
  since?: number;
  /** Id or name of the person who asked, or `kind:id`. */
  user?: string;
  limit: number;
}

/** Runs that failed and were neither replayed nor discarded, the latest first. */
export function listFailed(redis: Redis, filter: RunFilter): Promise<RunRecord[]> {
  return search(redis, keys.failed, filter);
}

/** Runs of any state, the latest first. */
export function listRecent(redis: Redis, filter: RunFilter): Promise<RunRecord[]> {
  return search(redis, keys.recent, filter);
}

const page = 200;

async function search(redis: Redis, key: string, filter: RunFilter): Promise<RunRecord[]> {
  const found: RunRecord[] = [];
  for (let offset = 0; ; offset += page) {
    const ids = await redis.zrevrangebyscore(key, '+inf', filter.since ?? '-inf', 'LIMIT', offset, page);
    for (const record of await Promise.all(ids.map((id) => readRun(redis, id)))) {
      if (!record || !fits(record, filter)) continue;
      found.push(record);
      if (found.length === filter.limit) return found;
    }
    if (ids.length < page) return found;
  }
}

function fits({ request, reason }: RunRecord, filter: RunFilter): boolean {
  const { kind, id, name } = request.caller;
  if (filter.user !== undefined && ![id, name, `${kind}:${id}`, `${kind}:${name}`].includes(filter.user)) return false;
  return filter.reasons === undefined || filter.reasons.includes(reason ?? '');
}

/** Forgets a run that has ended, for `by` (a name for people), with all that is stored of it; what stands in Discord stays. */
export async function discardRun(
  redis: Redis,
  runId: string,
  by: string,
): Promise<'discarded' | 'unknown' | 'not-ended'> {
  const record = await readRun(redis, runId);
  if (!record) return 'unknown';
  if (record.status !== 'ended') return 'not-ended';
  await auditDiscard(redis, runId, by);
  await forgetRuns(redis, [runId]);
  return 'discarded';
}

/** Removes everything that is stored under these runs' ids. They must have ended. */
export async function forgetRuns(redis: Redis, runIds: string[]): Promise<void> {
  if (runIds.length === 0) return;
  const pipeline = redis.pipeline();
  for (const id of runIds) {
    pipeline.unlink(...Object.values(runKeys(id)), keys.live(id), keys.delivery(id));
  }
  await pipeline
    .zrem(keys.recent, ...runIds)
    .zrem(keys.failed, ...runIds)
    .zrem(keys.undelivered, ...runIds)
    .exec();
}
