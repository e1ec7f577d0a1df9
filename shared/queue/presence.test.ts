import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { connectRedis } from '#shared/redis/connect.ts';
import { createSubscriber } from '#shared/redis/subscriber.ts';
import { startTestRedis, type TestRedis } from '#test/lib/redis.ts';
import { presentWorkers, showPresence } from './presence.ts';

let server: TestRedis;
beforeAll(async () => {
  server = await startTestRedis();
});
afterAll(() => server[Symbol.asyncDispose]());

test('a worker stays listed when Redis loses its data while it stays up, and is not once it has ended', async () => {
  const redis = connectRedis(server.url, 'test');
  await using subscriber = createSubscriber(server.url);
  const presence = await showPresence(subscriber, redis, { id: 'one', queue: 'runs' });
  expect(await presentWorkers(redis)).toMatchObject([{ id: 'one', queue: 'runs' }]);
  await redis.flushall();
  await vi.waitUntil(async () => (await presentWorkers(redis)).length === 1, { timeout: 20_000 });
  await presence[Symbol.asyncDispose]();
  expect(await presentWorkers(redis)).toEqual([]);
  redis.disconnect();
}, 30_000);
