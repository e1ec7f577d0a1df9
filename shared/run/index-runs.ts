import type { Redis } from 'ioredis';
import { keys } from '#shared/redis/keys.ts';
import { redisNow } from '#shared/redis/connect.ts';
import { runKeys } from './fence.ts';
import { readLists } from './lists.ts';

/** Runs that one step looks at. */
const page = 200;
/** Milliseconds after which all runs are looked at again: doors of an earlier version list theirs under no person. */
const againMs = 24 * 3_600_000;

/**
 * Puts runs that earlier versions have stored into the lists by person and by reason, once, and again a day later.
 * Until then filters look only at the latest runs. Harmless when two do it at once. Returns how many were looked at.
 */
export async function indexRuns(redis: Redis): Promise<number> {
  const now = await redisNow(redis);
  const done = Number((await redis.hget(keys.indexed, 'runs')) ?? 0);
  // A time in the future comes from a clock that was wrong, and does not count.
  if (done > now - againMs && done <= now) return 0;
  const looked = (await indexList(redis, 'recent')) + (await indexList(redis, 'failed'));
  await redis.hset(keys.indexed, 'runs', now);
  return looked;
}

async function indexList(redis: Redis, list: 'recent' | 'failed'): Promise<number> {
  const names = {
    recent: ['recentOfId', 'recentOfName'] as const,
    failed: ['failedOfId', 'failedOfName', 'failedFor'] as const,
  }[list];
  let looked = 0;
  // Begins with the latest: a run that is forgotten meanwhile goes at the other end, and shifts no position.
  for (;;) {
    const flat = await redis.zrevrange(keys[list], String(looked), String(looked + page - 1), 'WITHSCORES');
    const ids = flat.filter((_, index) => index % 2 === 0);
    const lists = await readLists(redis, ids);
    const pipeline = redis.pipeline();
    for (const [index, stands] of lists.entries()) {
      const id = ids[index] ?? '';
      for (const name of names) pipeline.zadd(stands[name], Number(flat[index * 2 + 1]), id);
      // Earlier versions let these keys expire by themselves; now housekeeping decides when they go, and where.
      for (const key of Object.values(runKeys(id))) pipeline.persist(key);
    }
    await pipeline.exec();
    looked += ids.length;
    if (ids.length < page) return looked;
  }
}
