import type { Redis } from 'ioredis';
import { metrics } from './metrics.ts';

/** Publishes Redis' memory and its limit whenever metrics are scraped: BullMQ's Redis may never evict, so it can fill up. */
export function watchRedisMemory(redis: Redis): void {
  const read = async (field: string) => {
    const value = new RegExp(`^${field}:(\\d+)`, 'm').exec(await redis.info('memory'))?.[1];
    return value === undefined ? [] : [{ labels: {}, value: Number(value) }];
  };
  metrics.redisMemoryUsed.collectWith(() => read('used_memory'));
  metrics.redisMemoryMax.collectWith(() => read('maxmemory'));
}
