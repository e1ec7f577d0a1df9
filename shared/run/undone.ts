import type { Redis } from 'ioredis';
import { keys } from '#shared/redis/keys.ts';
import { keepTalkMs } from './talks.ts';

/** Notes that runs, with the Discord messages that they asked and answered in, were taken out of a conversation. */
export async function addUndone(redis: Redis, conversation: string, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  const key = keys.undone(conversation);
  await redis
    .multi()
    .sadd(key, ...ids)
    .pexpire(key, keepTalkMs)
    .exec();
}

/** Ids of runs and messages that were taken out of a conversation. */
export async function readUndone(redis: Redis, conversation: string): Promise<ReadonlySet<string>> {
  return new Set(await redis.smembers(keys.undone(conversation)));
}
