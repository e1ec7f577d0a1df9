import type { Redis } from 'ioredis';
import { keys } from '#shared/redis/keys.ts';
import { readLists } from '#shared/run/lists.ts';

/** Lets runs leave Redis, which have ended. Returns how many of them are gone. */
export type Leave = (ids: string[]) => Promise<number>;

/** How far runs are due, in milliseconds since the epoch. */
export interface Due {
  /** Accepted, and ended, until then. */
  accepted: number;
  ended: number;
  now: number;
}

/** Ids that one look takes. */
export const page = 200;
const dayMs = 86_400_000;

/** The score up to which entries of a list are due: those older than `oldest`, and those beyond the newest `max`. */
export async function cutoff(redis: Redis, key: string, oldest: number, max: number): Promise<number> {
  const [, score] = await redis.zrevrange(key, max, max, 'WITHSCORES');
  return Math.max(oldest, Number(score ?? 0));
}

/** Lets failed runs go that failed until then, at most `most` of them. Returns how many went. */
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

/** Lets runs go that are due, at most `most` of them. Failed ones are in the failed list; here they are only unlisted. */
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
 * Those that may go, and those that the failed list holds. The rest has not ended, has only just, was only just replayed, or
 * waits to be shown in Discord: what nobody has seen yet is kept for a day.
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
    // Without a record it has expired already.
    else if (acceptedAt === null) ended.push(id);
    // The replay answers in this one's messages, as far as is known which they are.
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
