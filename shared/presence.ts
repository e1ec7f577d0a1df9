import type { Redis } from 'ioredis';
import { keys } from './keys.ts';
import { createLogger } from './log.ts';
import { connectRedis, foundAgainForMs } from './redis.ts';

const log = createLogger('presence');

/**
 * Shows that the worker of this id lives, until disposed. It listens on a channel of its own: when a process dies its system
 * closes the connection, so the channel has no listener any more at once, while one that only stands still keeps it.
 * `id`: the one under which a BullMQ worker locks its jobs.
 */
export async function showPresence(redisUrl: string, redis: Redis, id: string): Promise<AsyncDisposable> {
  const listener = connectRedis(redisUrl, 'presence');
  await listener.subscribe(keys.presence(id));
  // Behind a proxy, for one, connections may end at different servers: who is not seen must not be missed.
  const seen = (await absentOf(redis, [id])).length === 0;
  const enter = async () => void (await redis.sadd(keys.workers, id));
  if (seen) {
    await enter();
    // Who was away for too long was missed and forgotten.
    listener.on('ready', () => void enter().catch(() => undefined));
  } else log.info('this worker is not seen by others: should it die, its jobs go on when their locks run out');
  return {
    async [Symbol.asyncDispose]() {
      // Before its channel goes, or it would be missed. With Redis away a sweep forgets it.
      if (redis.status === 'ready') await redis.srem(keys.workers, id).catch(() => undefined);
      listener.disconnect();
    },
  };
}

/** Milliseconds after which all have found Redis again, when it was away: they try every 2 s at least. */
const settledMs = 3_000;

/** Workers that have shown themselves and are not there any more. None while Redis, once lost, has only just been found again. */
export async function missingWorkers(redis: Redis): Promise<Set<string>> {
  if (foundAgainForMs(redis) < settledMs) return new Set();
  return new Set(await absentOf(redis, await redis.smembers(keys.workers)));
}

/** Misses them no longer, once their jobs are in other hands. */
export async function forgetWorkers(redis: Redis, ids: Iterable<string>): Promise<void> {
  const gone = [...ids];
  if (gone.length > 0) await redis.srem(keys.workers, ...gone);
}

async function absentOf(redis: Redis, ids: string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const counts = (await redis.pubsub('NUMSUB', ...ids.map(keys.presence))) as (string | number)[];
  return ids.filter((_, index) => Number(counts[index * 2 + 1]) === 0);
}
