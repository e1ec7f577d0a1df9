import type { Redis } from 'ioredis';
import { z } from 'zod';
import { keys } from '#shared/redis/keys.ts';

const forgottenSchema = z.object({
  runs: z.number().default(0),
  archived: z.number().default(0),
  talks: z.number().default(0),
  memories: z.number().default(0),
  settings: z.number().default(0),
  votes: z.number().default(0),
  schedules: z.number().default(0),
});
/** How much of a person was forgotten; `talks`: conversations of which something was taken out. */
export type Forgotten = z.output<typeof forgottenSchema>;

/** Milliseconds for which it is known what was forgotten. */
const keepMs = 600_000;

/** Notes that a person (`kind:id`) wants to be forgotten. A worker's housekeeping does it, however often it must begin. */
export async function askToForget(redis: Redis, person: string): Promise<void> {
  await redis.del(keys.forgotten(person));
  await redis.hsetnx(keys.forgetting, person, '{}');
}

/** Who wants to be forgotten, and what of them is forgotten by now. */
export async function peopleToForget(redis: Redis): Promise<[person: string, done: Forgotten][]> {
  return Object.entries(await redis.hgetall(keys.forgetting)).map(([person, text]) => [person, read(text)]);
}

/** Notes how far a person is forgotten; `over` when nothing is left to do. */
export async function noteForgotten(redis: Redis, person: string, done: Forgotten, over: boolean): Promise<void> {
  if (!over) return void (await redis.hset(keys.forgetting, person, JSON.stringify(done)));
  await redis.set(keys.forgotten(person), JSON.stringify(done), 'PX', keepMs);
  await redis.hdel(keys.forgetting, person);
}

/** What was forgotten of a person who asked for it lately, told once; undefined while it is not done. */
export async function takeForgotten(redis: Redis, person: string): Promise<Forgotten | undefined> {
  const text = await redis.getdel(keys.forgotten(person));
  return text === null ? undefined : read(text);
}

function read(text: string): Forgotten {
  try {
    return forgottenSchema.parse(JSON.parse(text));
  } catch {
    return forgottenSchema.parse({});
  }
}
