import type { Redis } from 'ioredis';
import { keys } from '#shared/redis/keys.ts';

/** Keys that one SCAN looks at. */
const page = 1_000;

/**
 * Takes runs whose records are gone out of what counts them: else each would stay one of its caller's open questions, of
 * which nobody may have more than so many. Whose they were nobody knows any more, so that all callers are looked at.
 */
export async function forgetLost(redis: Redis, ids: string[]): Promise<void> {
  for (const key of await keysLike(redis, keys.inflight('*'))) await redis.srem(key, ...ids);
  for (const key of await keysLike(redis, keys.spending('*'))) await redis.hdel(key, ...ids);
  // Last, because it is by these lists that they are found.
  await redis
    .pipeline()
    .zrem(keys.open, ...ids)
    .zrem(keys.unqueued, ...ids)
    .exec();
}

async function keysLike(redis: Redis, pattern: string): Promise<Set<string>> {
  const found = new Set<string>();
  let cursor = '0';
  do {
    const [next, some] = await redis.scan(cursor, 'MATCH', pattern, 'COUNT', page);
    for (const key of some) found.add(key);
    cursor = next;
  } while (cursor !== '0');
  return found;
}
