import type { Redis } from 'ioredis';
import { OperatorError } from '#shared/ground/errors.ts';
import { metrics } from '#shared/process/metrics.ts';

/** Publishes Redis' memory and its limit at each scrape: BullMQ's Redis may never evict, so that it can fill up. */
export function watchRedisMemory(redis: Redis): void {
  metrics.redisMemoryUsed.collectWith(async () => [{ labels: {}, value: (await readMemory(redis)).used }]);
  metrics.redisMemoryMax.collectWith(async () => [{ labels: {}, value: (await readMemory(redis)).max }]);
}

/** Bytes that Redis uses and may use, and what it does at the limit; `max` is 0 when there is no limit. */
export async function readMemory(redis: Redis): Promise<{ used: number; max: number; policy: string }> {
  const info = await redis.info('memory');
  const read = (field: string) => Number(new RegExp(`^${field}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? 'unknown';
  return { used: read('used_memory'), max: read('maxmemory'), policy };
}

/** Rejects with a sentence for the operator when Redis may throw away what it was given. */
export async function checkEviction(redis: Redis): Promise<void> {
  const { max, policy } = await readMemory(redis);
  if (max === 0 || policy === 'noeviction' || policy === 'unknown') return;
  const text = `Redis throws away keys at its limit (maxmemory-policy ${policy}): runs and jobs vanish. Set noeviction.`;
  throw new OperatorError('redis-evicts', text);
}
