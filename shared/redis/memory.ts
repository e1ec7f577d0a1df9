import type { Redis } from 'ioredis';
import { metrics } from '#shared/process/metrics.ts';

/** Publishes Redis' memory and its limit at each scrape: BullMQ's Redis may never evict, so that it can fill up. */
export function watchRedisMemory(redis: Redis): void {
  metrics.redisMemoryUsed.collectWith(async () => [{ labels: {}, value: (await readMemory(redis)).used }]);
  metrics.redisMemoryMax.collectWith(async () => [{ labels: {}, value: (await readMemory(redis)).max }]);
}

/** Bytes that Redis uses and may use; `max` is 0 when there is no limit. */
export async function readMemory(redis: Redis): Promise<{ used: number; max: number }> {
  const info = await redis.info('memory');
  const read = (field: string) => Number(new RegExp(`^${field}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
  return { used: read('used_memory'), max: read('maxmemory') };
}
