import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Redis } from 'ioredis';
import { keys } from '#shared/keys.ts';
import { createLogger } from '#shared/log.ts';
import { connectRedis } from '#shared/redis.ts';

const log = createLogger('presence');

/** Shows other workers that this process lives. */
export interface Presence extends AsyncDisposable {
  /** Goes into the record of each run that this worker claims; '' where others could not see it. */
  channel: string;
}

/**
 * Subscribes to a channel of this process alone for as long as it lives. When a process dies its system closes the
 * connection, so the channel has no subscriber any more at once, while one that only stands still keeps it.
 */
export async function showPresence(redisUrl: string, redis: Redis): Promise<Presence> {
  // Not by host and process number alone: a container that is started again has both once more.
  const channel = keys.presence(`${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`);
  const subscriber = connectRedis(redisUrl, 'presence');
  await subscriber.subscribe(channel);
  const seen = (await absentOf(redis, [channel])).length === 0;
  // Behind a proxy, for one, connections may end at different servers.
  if (!seen) log.info('this worker is not seen by others: its runs go on when their locks run out, should it die');
  return {
    channel: seen ? channel : '',
    async [Symbol.asyncDispose]() {
      subscriber.disconnect();
      await Promise.resolve();
    },
  };
}

/** Those of the channels that no process shows itself on. */
export async function absentOf(redis: Redis, channels: string[]): Promise<string[]> {
  if (channels.length === 0) return [];
  const counts = (await redis.pubsub('NUMSUB', ...channels)) as (string | number)[];
  return channels.filter((_, index) => Number(counts[index * 2 + 1]) === 0);
}
