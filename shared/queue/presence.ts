import { hostname } from 'node:os';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { errorText } from '#shared/ground/errors.ts';
import { keys } from '#shared/redis/keys.ts';
import { createLogger } from '#shared/process/log.ts';
import { foundAgainForMs } from '#shared/redis/connect.ts';
import type { Subscriber } from '#shared/redis/subscriber.ts';

const log = createLogger('presence');

const presentSchema = z.object({
  queue: z.string(),
  host: z.string(),
  pid: z.number(),
  since: z.number(),
  /** Whether others can see that it lives; behind some proxies of Redis they cannot. */
  seen: z.boolean(),
});
/** A worker that takes jobs of a queue. `since`: milliseconds since the epoch. */
export type Present = z.infer<typeof presentSchema> & { id: string };

/** Milliseconds between two looks whether this worker is listed. */
const againMs = 5_000;

/**
 * Shows that the worker of this id lives, until disposed, by listening on a channel of its own. When a process dies,
 * its system closes the connection and the channel loses its listener at once; a process that only stands still keeps
 * it. `id` is the one under which the BullMQ worker locks its jobs.
 */
export async function showPresence(
  subscriber: Subscriber,
  redis: Redis,
  worker: { id: string; queue: string },
): Promise<AsyncDisposable> {
  const { id, queue } = worker;
  const listening = await subscriber.listen(keys.presence(id), () => undefined);
  // Behind a proxy connections may end at different servers; a worker that is not seen must not be taken for missing.
  const seen = (await absentOf(redis, [id])).length === 0;
  const entry = JSON.stringify({ queue, host: hostname(), pid: process.pid, since: Date.now(), seen });
  // A full Redis takes no entry now, but the worker that is to relieve it must live all the same. And an entry may go:
  // while this worker was away for too long, others took it for missing; or somebody deleted Redis' data.
  const looking = setInterval(() => {
    if (redis.status === 'ready') void enter();
  }, againMs);
  async function enter(): Promise<void> {
    try {
      // A worker that others cannot see now would be taken for missing at once.
      if (seen && (await absentOf(redis, [id])).length > 0) return;
      await redis.hsetnx(keys.present, id, entry);
    } catch (error) {
      log.warn({ error: errorText(error) }, 'this worker is not listed as present yet; trying again');
    }
  }
  await enter();
  if (seen) subscriber.onReturn(() => void enter());
  else log.info('this worker is not seen by others: should it die, its jobs go on when their locks run out');
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(looking);
      // The entry goes before its channel does, or others would take the worker for missing. With Redis away, a sweep
      // forgets it.
      if (redis.status === 'ready') await redis.hdel(keys.present, id).catch(() => undefined);
      await listening[Symbol.asyncDispose]();
    },
  };
}

/** Milliseconds that all workers need to find Redis again after it was away: each tries at least every 2 s. */
const settledMs = 3_000;

/** Workers that others could see and that are gone. Empty while Redis, once lost, has only just been found again. */
export async function missingWorkers(redis: Redis): Promise<Set<string>> {
  if (foundAgainForMs(redis) < settledMs) return new Set();
  const { present, absent } = await look(redis);
  return new Set(present.filter(({ id, seen }) => seen && absent.has(id)).map(({ id }) => id));
}

/** The workers that take jobs now, as far as can be seen: the one source for the sweep, `/status` and doctor. */
export async function presentWorkers(redis: Redis): Promise<Present[]> {
  const { present, absent } = await look(redis);
  return present.filter(({ id, seen }) => !seen || !absent.has(id));
}

/** What a worker has written of itself. Undefined for what is no such entry: it must hide nobody else. */
function readPresent(text: string): z.infer<typeof presentSchema> | undefined {
  try {
    return presentSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

async function look(redis: Redis): Promise<{ present: Present[]; absent: Set<string> }> {
  const entries = await redis.hgetall(keys.present);
  const present = Object.entries(entries).flatMap(([id, text]) => {
    const present = readPresent(text);
    return present ? [{ id, ...present }] : [];
  });
  return { present, absent: new Set(await absentOf(redis, Object.keys(entries))) };
}

/** Stops missing these workers, once their jobs are in other hands. */
export async function forgetWorkers(redis: Redis, ids: Iterable<string>): Promise<void> {
  const gone = [...ids];
  if (gone.length > 0) await redis.hdel(keys.present, ...gone);
}

async function absentOf(redis: Redis, ids: string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const counts = (await redis.pubsub('NUMSUB', ...ids.map(keys.presence))) as (string | number)[];
  return ids.filter((_, index) => Number(counts[index * 2 + 1]) === 0);
}
