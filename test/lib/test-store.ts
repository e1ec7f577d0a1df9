import type { Redis } from 'ioredis';
import { afterAll, beforeEach } from 'vitest';
import { createQueues, type Queues } from '#shared/queue/queues.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { createRunStore, type RunStore } from '#shared/run/run-store.ts';
import { startTestRedis, type TestRedis } from './redis.ts';

/** What stores runs, on a Redis that only this test file uses. */
export interface TestStore {
  server: TestRedis;
  redis: Redis;
  queues: Queues;
  runs: RunStore;
}

/** Call it once, at the top of a test file. Everything is emptied before each test, and ended after the last one. */
export async function startTestStore(): Promise<TestStore> {
  const server = await startTestRedis();
  const redis = connectRedis(server.url, 'test');
  const queues = createQueues(redis);
  beforeEach(() => redis.flushall());
  afterAll(async () => {
    await queues[Symbol.asyncDispose]();
    redis.disconnect();
    await server[Symbol.asyncDispose]();
  });
  return { server, redis, queues, runs: createRunStore({ redis, queues }) };
}
