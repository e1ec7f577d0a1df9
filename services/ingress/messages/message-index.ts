import type { Redis } from 'ioredis';
import { keys } from '#shared/redis/keys.ts';
import { discordRunId } from '#shared/run/request.ts';
import { keepShownMs } from '../delivery/store.ts';

/** Finds the run of a message. */
export interface MessageIndex {
  /** Remembers which run `messages` became part of; the first message needs no entry. */
  add(runId: string, messages: string[]): Promise<void>;
  runOf(message: string): Promise<string | undefined>;
}

export function createMessageIndex(redis: Redis): MessageIndex {
  return {
    async add(runId, messages) {
      const others = messages.filter((message) => discordRunId(message) !== runId);
      await Promise.all(others.map((message) => redis.set(keys.discordJoined(message), runId, 'PX', keepShownMs)));
    },
    async runOf(message) {
      const own = discordRunId(message);
      const [there, joined] = await Promise.all([redis.exists(keys.run(own)), redis.get(keys.discordJoined(message))]);
      if (there === 1) return own;
      // The entry is written before the run, so that a crash may have come in between.
      return joined !== null && (await redis.exists(keys.run(joined))) === 1 ? joined : undefined;
    },
  };
}
