import type { Redis } from 'ioredis';
import { prefix } from '#shared/keys.ts';
import { keepRunsMs } from '#shared/runs/end.ts';
import { readRun } from '#shared/runs/record.ts';
import { discordRunId } from '#shared/run.ts';

/** String: the run that a message became part of, for messages which did not give it its id. */
const joinedKey = (message: string) => `${prefix}:discord:joined:${message}`;

/** Finds the run of a message. */
export interface MessageIndex {
  /** Remembers what `messages` became part of; the first one needs no entry. */
  add(runId: string, messages: string[]): Promise<void>;
  runOf(message: string): Promise<string | undefined>;
}

export function createMessageIndex(redis: Redis): MessageIndex {
  return {
    async add(runId, messages) {
      const others = messages.filter((message) => discordRunId(message) !== runId);
      await Promise.all(others.map((message) => redis.set(joinedKey(message), runId, 'PX', keepRunsMs)));
    },
    async runOf(message) {
      const own = discordRunId(message);
      if (await readRun(redis, own)) return own;
      const joined = await redis.get(joinedKey(message));
      // Written before the run was: a crash may have come between.
      return joined !== null && (await readRun(redis, joined)) ? joined : undefined;
    },
  };
}
