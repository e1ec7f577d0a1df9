import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { connectRedis } from '#shared/redis/connect.ts';
import { createSubscriber, type Subscriber } from '#shared/redis/subscriber.ts';
import { watchCommands } from '#test/lib/monitor.ts';
import { startTestRedis, type TestRedis } from '#test/lib/redis.ts';
import { createQueues, createWorker, type Queues } from './queues.ts';

let server: TestRedis;
let redis: Redis;
let queues: Queues;
let subscriber: Subscriber;
beforeAll(async () => {
  server = await startTestRedis();
  redis = connectRedis(server.url, 'test');
  queues = createQueues(redis);
  subscriber = createSubscriber(server.url);
});
beforeEach(() => redis.flushall());
afterAll(async () => {
  await queues[Symbol.asyncDispose]();
  await subscriber[Symbol.asyncDispose]();
  redis.disconnect();
  await server[Symbol.asyncDispose]();
});

/** Well below the 5 s after which BullMQ looks for jobs by itself, and far above what a busy machine takes. */
const soonMs = 2_500;

/** A worker on connections of its own. */
async function startWorker(
  work: (runId: string, attempt: number) => Promise<void>,
  concurrency: number,
): Promise<AsyncDisposable> {
  const own = connectRedis(server.url, 'own');
  const worker = await createWorker(
    'runs',
    { run: ({ runId }, { attempt }) => work(runId, attempt) },
    {
      redis: own,
      subscriber,
      concurrency,
    },
  );
  return {
    async [Symbol.asyncDispose]() {
      await worker[Symbol.asyncDispose]();
      own.disconnect();
    },
  };
}

test('a job that comes alone is taken and ended by four commands of its worker', async () => {
  let done = 0;
  await using _ = await startWorker(async () => void (done += 1), 5);
  async function ask(runId: string): Promise<void> {
    const before = done;
    await queues.add('run', { runId }, { jobId: runId, priority: 1 });
    await vi.waitUntil(() => done > before, { interval: 5 });
    const isAtRest = async () =>
      (await queues.queue('runs').getActiveCount()) === 0 &&
      (await redis.info('clients')).includes('blocked_clients:1');
    await vi.waitUntil(isAtRest, { interval: 5 });
  }
  await ask('first');
  const [, own = ''] = / addr=(\S+) .*name=dragoman-own /.exec(String(await redis.client('LIST'))) ?? [];
  const monitor = await watchCommands(redis);
  let count = 0;
  monitor.on('monitor', (_time: string, [command = '']: string[], source: string) => {
    if (command === 'bzpopmin' || (command === 'evalsha' && source === own)) count += 1;
  });
  for (let index = 0; index < 20; index += 1) await ask(`job-${index}`);
  monitor.disconnect();
  // Beyond these only what a clock causes: renewed locks, a look for lost workers. BullMQ alone takes six a job.
  expect(count / 20).toBeGreaterThanOrEqual(3.9);
  expect(count / 20).toBeLessThan(4.5);
});

test('no job waits that comes while another is taken', async () => {
  const begun = new Map<string, number>();
  const work = async (runId: string) => {
    begun.set(runId, performance.now());
    await sleep(Math.random() * 4);
  };
  await using _ = await startWorker(work, 3);
  await using __ = await startWorker(work, 1);
  const added = new Map<string, number>();
  for (let round = 0; round < 150; round += 1) {
    const jobs = Array.from({ length: 1 + Math.floor(Math.random() * 6) }, (_, index) => `${round}-${index}`);
    await Promise.all(
      jobs.map(async (runId) => {
        await sleep(Math.random() * 5);
        added.set(runId, performance.now());
        // Some wait by priority, others in the order of coming.
        await queues.add('run', { runId }, { jobId: runId, priority: Math.random() < 0.5 ? 1 : 0 });
      }),
    );
    await vi.waitUntil(() => jobs.every((runId) => begun.has(runId)), { interval: 1, timeout: 10_000 });
  }
  const waits = [...added].map(([runId, at]) => (begun.get(runId) ?? Infinity) - at);
  expect(Math.max(...waits)).toBeLessThan(soonMs);
});

test('a job that is put off comes in time, although another was taken and nothing else comes', async () => {
  const begun = new Map<string, number>();
  await using _ = await startWorker(async (runId, attempt) => {
    begun.set(`${runId} ${attempt}`, performance.now());
    if (runId === 'failing' && attempt === 1) throw new Error('again');
  }, 5);
  await queues.add('run', { runId: 'failing' }, { jobId: 'failing', priority: 1 });
  await vi.waitUntil(async () => (await queues.queue('runs').getDelayedCount()) === 1, { interval: 5 });
  await queues.add('run', { runId: 'other' }, { jobId: 'other', priority: 1 });
  await vi.waitUntil(() => begun.has('failing 2'), { interval: 5, timeout: 10_000 });
  expect(begun.has('other 1')).toBe(true);
  expect((begun.get('failing 2') ?? Infinity) - (begun.get('failing 1') ?? 0)).toBeLessThan(soonMs);
});
