import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Redis } from 'ioredis';
import { keys } from '#shared/redis/keys.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { startTestRedis, type TestRedis } from '#test/lib/redis.ts';
import { playSequence } from './sequence.ts';

// Plays random sequences of messages, claims, kills, late writers, questions, answers, stops and sweeps against a small
// model. The seeds are always the same, so that no build fails by chance. SEQUENCES=n plays n of them, SEQUENCE_FROM=n
// starts from another seed, SEQUENCE_SEED=n repeats one.

const single = process.env['SEQUENCE_SEED'];
const count = Number(process.env['SEQUENCES'] ?? 1_000);
const first = Number(single ?? process.env['SEQUENCE_FROM'] ?? 20_261_121);

let server: TestRedis;
/** Each lane has its own database, because the sweeper looks after all runs of one. */
let databases: Redis[];
beforeAll(async () => {
  server = await startTestRedis();
  databases = Array.from({ length: 12 }, (_, index) => connectRedis(`${server.url}/${index}`, 'sequences'));
});
afterAll(async () => {
  for (const redis of databases) redis.disconnect();
  await server[Symbol.asyncDispose]();
});

it(`holds in random sequences from seed ${first}`, { timeout: 300_000 }, async () => {
  const seeds = Array.from({ length: single === undefined ? count : 1 }, (_, index) => first + index).values();
  const lane = async (redis: Redis) => {
    for (const seed of seeds) {
      await playSequence(redis, seed);
      expect(await redis.zcard(keys.unqueued)).toBe(0);
      await redis.flushdb();
    }
  };
  // The lanes run side by side, because each waits for Redis most of the time.
  await Promise.all(databases.map(lane));
});
