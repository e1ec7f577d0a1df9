import type { Redis } from 'ioredis';
import { keys } from '#shared/redis/keys.ts';
import { forgetRuns } from '#shared/run/forget.ts';
import { page, type Leave } from './due.ts';

/** Forgets runs that their programs do not want stored and that ended until then. Returns how many went. */
export async function forgetUnstored(redis: Redis, until: number, most: number): Promise<number> {
  let gone = 0;
  while (gone < most) {
    const ids = await redis.zrangebyscore(keys.unstored, '-inf', until, 'LIMIT', 0, page);
    await forget(redis, ids);
    gone += ids.length;
    if (ids.length < page) break;
  }
  return gone;
}

/** Runs that go to the archive, but for those that must not: these are forgotten. */
export function withoutUnstored(redis: Redis, leave: Leave): Leave {
  return async (ids) => {
    if (ids.length === 0) return 0;
    const ended = await redis.zmscore(keys.unstored, ...ids);
    const unstored = ids.filter((_, index) => ended[index] !== null);
    await forget(redis, unstored);
    return unstored.length + (await leave(ids.filter((_, index) => ended[index] === null)));
  };
}

async function forget(redis: Redis, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  await forgetRuns(redis, ids);
  // Last, so that a kill in between leaves nothing behind for good.
  await redis.zrem(keys.unstored, ...ids);
}
