import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Redis } from 'ioredis';
import { startTestRedis } from '#test/lib/redis.ts';
import { startTestSentinels, type TestSentinels } from '#test/lib/sentinels.ts';
import { registry } from '#shared/process/metrics.ts';
import { createQueues, type Queues } from '#shared/queue/queues.ts';
import { connectRedis } from './connect.ts';
import { createReplication, type Replication } from './replication.ts';
import { runRequestSchema } from '#shared/run/request.ts';
import { readRun } from '#shared/run/record.ts';
import { createRunStore } from '#shared/run/run-store.ts';

// Runs against a real group: the test can hold back what replicas get, and kill the master with it.

let group: TestSentinels;
let redis: Redis;
let queues: Queues;
let replication: Replication;
const cleanup = new AsyncDisposableStack();
beforeAll(async () => {
  group = cleanup.use(await startTestSentinels());
  redis = connectRedis(group.url, 'test');
  cleanup.defer(() => redis.disconnect());
  queues = cleanup.use(createQueues(redis));
  const config = { REDIS_URL: group.url, REDIS_WAIT_REPLICAS: 1, REDIS_WAIT_TIMEOUT_MS: 1_000 };
  const made = createReplication(redis, config);
  if (!made) throw new Error('replicas are waited for');
  replication = cleanup.use(made);
});
afterAll(() => cleanup.disposeAsync());

function hold(what: 'nothing' | 'replicas'): void {
  for (const { front } of group.nodes) front.hold(what);
}

function request(id: string) {
  return runRequestSchema.parse({ id, conversation: id, text: 'hello', caller: { kind: 'terminal', id: 'ada' } });
}

async function counted(outcome: string): Promise<number> {
  const text = await registry.getSingleMetricAsString('dragoman_replication_waits_total');
  return Number(new RegExp(`outcome="${outcome}"\\} (\\d+)`).exec(text)?.[1]);
}

it('makes nothing where no replicas are waited for', () => {
  expect(createReplication(redis, { REDIS_URL: group.url, REDIS_WAIT_REPLICAS: 0, REDIS_WAIT_TIMEOUT_MS: 1_000 })).toBe(
    undefined,
  );
});

it('a door takes a question when a replica has it, and refuses it when none says so in time', async () => {
  const runs = createRunStore({ redis, queues }, replication.confirm);
  expect(await runs.accept(request('kept'))).toMatchObject({ fresh: true });
  const { redis: master } = await group.master();
  const replicas = group.nodes.filter((node) => node.redis !== master);
  const known = await Promise.all(replicas.map((node) => node.redis.exists('{dragoman}:run:kept')));
  expect(Math.max(...known)).toBe(1);
  const late = await counted('late');
  hold('replicas');
  await expect(runs.accept(request('refused'))).rejects.toMatchObject({ reason: 'not-replicated' });
  expect(await counted('late')).toBe(late + 1);
  hold('nothing');
  expect(await runs.accept(request('again'))).toMatchObject({ fresh: true });
});

it('a worker waits on until replicas are back', async () => {
  hold('replicas');
  const late = await counted('late');
  let done = false;
  const writing = replication.confirmPatiently(() => redis.set('{dragoman}:patient', '1')).finally(() => (done = true));
  await expect.poll(() => counted('late')).toBeGreaterThan(late + 1);
  expect(done).toBe(false);
  hold('nothing');
  expect(await writing).toBe('OK');
});

it('many writes at once wait for few answers', async () => {
  const before = await roundsAsked();
  await Promise.all(
    Array.from({ length: 200 }, (_, at) => replication.confirm(() => redis.set(`{dragoman}:${at}`, '1'))),
  );
  expect((await roundsAsked()) - before).toBeLessThan(20);

  async function roundsAsked(): Promise<number> {
    const { redis: master } = await group.master();
    return Number(/^cmdstat_wait:calls=(\d+)/m.exec(await master.info('commandstats'))?.[1] ?? 0);
  }
});

it('does not write again before it is known at which master', async () => {
  await using another = await startTestRedis();
  const torn = connectRedis(another.url, 'test');
  const config = { REDIS_URL: group.url, REDIS_WAIT_REPLICAS: 1, REDIS_WAIT_TIMEOUT_MS: 1_000 };
  using replicas = createReplication(torn, config);
  await expect(replicas?.confirm(() => torn.incr('{dragoman}:tries'))).rejects.toMatchObject({
    reason: 'not-replicated',
  });
  expect(await torn.get('{dragoman}:tries')).toBe('1');
  torn.disconnect();
});

it('writes again once when a master has begun another history, however many write', async () => {
  await using first = await startTestRedis();
  await using second = await startTestRedis();
  const [one, two] = [first, second].map(({ url }) => connectRedis(url, 'test')) as [Redis, Redis];
  await two.replicaof('127.0.0.1', first.port);
  const config = { REDIS_URL: first.url, REDIS_WAIT_REPLICAS: 1, REDIS_WAIT_TIMEOUT_MS: 4_000 };
  using made = createReplication(one, config);
  await made?.confirmPatiently(() => one.set('{dragoman}:before', '1'));
  await one.multi().replicaof('127.0.0.1', 1).replicaof('NO', 'ONE').exec();
  const writers = Array.from({ length: 30 }, (_, at) => `{dragoman}:writer:${at}`);
  const writing = writers.map(async (key, at) => {
    await sleep(at * 15);
    await made?.confirmPatiently(() => one.incr(key));
  });
  await Promise.all(writing);
  expect(Math.max(...(await one.mget(writers)).map(Number))).toBe(2);
  for (const redis of [one, two]) redis.disconnect();
});

it('writes again at the master that takes over, which had not got it', { timeout: 120_000 }, async () => {
  const runs = createRunStore({ redis, queues }, replication.confirmPatiently);
  const old = await group.master();
  hold('replicas');
  const accepting = runs.accept(request('moved'));
  await expect.poll(() => old.redis.exists('{dragoman}:run:moved')).toBe(1);
  await old.kill();
  hold('nothing');
  expect(await accepting).toMatchObject({ runId: 'moved', fresh: true });
  const successor = await group.successor(old);
  expect(await readRun(successor.redis, 'moved')).toMatchObject({ status: 'queued' });
  expect(await counted('another-master')).toBeGreaterThan(0);
});
