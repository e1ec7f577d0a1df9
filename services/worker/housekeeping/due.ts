import type { Redis } from 'ioredis';
import { keys } from '#shared/redis/keys.ts';
import { readLists } from '#shared/run/lists.ts';

/** Makes runs that have ended leave Redis. Returns how many of them are gone. */
export type Leave = (ids: string[]) => Promise<number>;

/** Which runs are due; times are in milliseconds since the epoch. */
export interface Due {
  /** The run was accepted by this time, and ended by `ended`. */
  accepted: number;
  ended: number;
  now: number;
}

/** Ids that one command takes. */
export const page = 200;
const dayMs = 86_400_000;

/** The score up to which entries of a list are due: those older than `oldest`, and those beyond the newest `max`. */
export async function cutoff(redis: Redis, key: string, oldest: number, max: number): Promise<number> {
  const [, score] = await redis.zrevrange(key, max, max, 'WITHSCORES');
  return Math.max(oldest, Number(score ?? 0));
}

/** Makes failed runs leave that failed until `until`, at most `most` of them. Returns how many went. */
export async function leaveFailed(redis: Redis, until: number, most: number, leave: Leave): Promise<number> {
  let gone = 0;
  let kept = 0;
  while (gone < most) {
    const size = Math.min(page, most - gone);
    const ids = await redis.zrangebyscore(keys.failed, '-inf', until, 'LIMIT', kept, size);
    const left = await leave(ids);
    gone += left;
    kept += ids.length - left;
    if (ids.length < size) break;
  }
  return gone;
}

/**
 * Makes runs leave that are due, at most `most` of them. Failed runs stay for `leaveFailed`; here they only leave the
 * lists of recent runs.
 */
export async function leaveEnded(redis: Redis, due: Due, most: number, leave: Leave): Promise<number> {
  let gone = 0;
  let kept = 0;
  while (gone < most) {
    const size = Math.min(page, most - gone);
    const ids = await redis.zrangebyscore(keys.recent, '-inf', due.accepted, 'LIMIT', kept, size);
    if (ids.length === 0) break;
    const { ended, failed } = await sort(redis, ids, due);
    const left = await leave(ended);
    await unlist(redis, failed);
    gone += left;
    kept += ids.length - left - failed.length;
  }
  return gone;
}

/**
 * Sorts out the runs that may go, and those that are in the failed list. All others stay: they have not ended, have
 * only just ended, were only just replayed, or wait to be shown in Discord. What nobody has seen yet is kept for a day.
 */
async function sort(redis: Redis, ids: string[], due: Due): Promise<{ ended: string[]; failed: string[] }> {
  const pipeline = redis.pipeline();
  for (const id of ids) {
    pipeline
      .hmget(keys.run(id), 'acceptedAt', 'endedAt', 'replayedAt')
      .zscore(keys.failed, id)
      .zscore(keys.undelivered, id);
  }
  const replies = ((await pipeline.exec()) ?? []).map(([, value]) => value);
  const ended: string[] = [];
  const failed: string[] = [];
  for (const [index, id] of ids.entries()) {
    const [times, isFailed, undelivered] = replies.slice(index * 3) as [
      (string | null)[],
      string | null,
      string | null,
    ];
    const [acceptedAt, endedAt, replayedAt] = times;
    const recently = (time: string | null | undefined) => Number(time ?? 0) > due.now - dayMs;
    if (isFailed !== null) failed.push(id);
    // A run without a record has expired already.
    else if (acceptedAt === null) ended.push(id);
    // A run that was replayed only just now stays, because its replay answers in its messages and must know which they
    // are.
    else if (endedAt && Number(endedAt) <= due.ended && !recently(undelivered) && !recently(replayedAt)) ended.push(id);
  }
  return { ended, failed };
}

async function unlist(redis: Redis, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  const lists = await readLists(redis, ids);
  const pipeline = redis.pipeline();
  for (const [index, { recent, recentOfId, recentOfName }] of lists.entries()) {
    for (const list of [recent, recentOfId, recentOfName]) pipeline.zrem(list, ids[index] ?? '');
  }
  await pipeline.exec();
}
