import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Redis } from 'ioredis';
import { keys } from '#shared/redis/keys.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { createSubscriber } from '#shared/redis/subscriber.ts';
import { startTestRedis, type TestRedis } from '#test/lib/redis.ts';
import { startRounds } from './rounds.ts';

let server: TestRedis;
let redis: Redis;
beforeAll(async () => {
  server = await startTestRedis();
  redis = connectRedis(server.url, 'test');
});
afterAll(async () => {
  redis.disconnect();
  await server[Symbol.asyncDispose]();
});

/** A worker that counts how often it does the task. */
async function member(everyMs: number): Promise<AsyncDisposable & { count: () => number }> {
  await using stack = new AsyncDisposableStack();
  const subscriber = stack.use(createSubscriber(server.url));
  let count = 0;
  const run = async () => {
    count += 1;
    await redis.ping();
  };
  stack.use(await startRounds(redis, subscriber, [{ name: 'sweep', everyMs, run }]));
  const owned = stack.move();
  return { count: () => count, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

it(
  'leaves the task to whoever says that they do it, and takes over when they are silent',
  { timeout: 60_000 },
  async () => {
    const announce = () => redis.publish(keys.rounds, 'sweep');
    const other = setInterval(() => void announce(), 200);
    await using worker = await member(5_000);
    await announce();
    // This lasts longer than the worker's own time between two rounds.
    for (let heard = 0; heard < 35; heard += 1) await sleep(200);
    expect(worker.count()).toBe(0);
    clearInterval(other);
    await vi.waitUntil(() => worker.count() > 0, { timeout: 40_000 });
  },
);

it('goes on when Redis takes nothing more, and whatever its clock says', { timeout: 60_000 }, async () => {
  await redis.set('{dragoman}:filler', 'x'.repeat(1_000_000));
  await redis.config('SET', 'maxmemory', '1mb');
  await expect(redis.set('{dragoman}:more', 'x'.repeat(1_000))).rejects.toThrow('OOM');
  await using worker = await member(100);
  await vi.waitUntil(() => worker.count() >= 3, { timeout: 20_000 });
  vi.setSystemTime(Date.now() - 3_600_000);
  const before = worker.count();
  await vi.waitUntil(() => worker.count() >= before + 3, { timeout: 20_000 });
  vi.useRealTimers();
  await redis.config('SET', 'maxmemory', '0');
});
