import type { Redis } from 'ioredis';
import { keys } from '#shared/redis/keys.ts';
import { keysLike } from '#shared/redis/scan.ts';

/**
 * Takes runs whose records are gone out of what counts them: else each would stay one of its caller's open questions, of
 * which nobody may have more than so many. Whose they were nobody knows any more, so that all callers are looked at.
 */
export async function forgetLost(redis: Redis, ids: string[]): Promise<void> {
  for await (const key of keysLike(redis, keys.inflight('*'))) await redis.srem(key, ...ids);
  for await (const key of keysLike(redis, keys.spending('*'))) await redis.hdel(key, ...ids);
  // Last, because it is by these lists that they are found.
  await redis
    .pipeline()
    .zrem(keys.open, ...ids)
    .zrem(keys.unqueued, ...ids)
    .exec();
}
