import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { errorText } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import { keys } from '#shared/redis/keys.ts';

const log = createLogger('gateway');

/** Discord takes one IDENTIFY of each bucket of shards in five seconds (docs: Gateway, Rate Limiting); a little more. */
export const identifyWindowMs = 5_200;

/** Lets shards identify one after the other, over all processes; @discordjs/ws asks it before each IDENTIFY. */
export interface IdentifyThrottler {
  /** Resolves when the shard may identify. Rejects when `signal` aborts first. */
  waitForIdentify(shard: number, signal: AbortSignal): Promise<void>;
}

/**
 * Shares Discord's budget of sessions among all processes of a bot: `maxConcurrency` buckets, in each of which one shard
 * identifies per window. Without Redis each process keeps the distance by itself.
 */
export function createIdentifyThrottler(
  redis: Redis,
  maxConcurrency: number,
  windowMs = identifyWindowMs,
): IdentifyThrottler {
  const own = new Map<number, number>();

  /** Milliseconds to wait before trying again; 0 when the window is ours. */
  async function take(bucket: number): Promise<number> {
    try {
      const key = keys.discordIdentify(String(bucket));
      if ((await redis.set(key, '1', 'PX', windowMs, 'NX')) === 'OK') return 0;
      return Math.max(20, await redis.pttl(key));
    } catch (error) {
      log.warn({ error: errorText(error) }, 'whether another process identifies is not known');
      return Math.max(0, (own.get(bucket) ?? -windowMs) + windowMs - performance.now());
    }
  }

  return {
    async waitForIdentify(shard, signal) {
      if (windowMs === 0) return;
      const bucket = shard % Math.max(1, maxConcurrency);
      for (let waitMs = await take(bucket); waitMs > 0; waitMs = await take(bucket)) {
        await sleep(waitMs, undefined, { signal });
      }
      own.set(bucket, performance.now());
    },
  };
}
