import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Redis } from 'ioredis';
import { startTestSentinels, type TestSentinels } from '#test/lib/sentinels.ts';
import { checkWrites, connectRedis } from './connect.ts';

// Runs against a real group: one master, two replicas, three Sentinels.

let group: TestSentinels;
beforeAll(async () => {
  group = await startTestSentinels();
});
afterAll(() => group[Symbol.asyncDispose]());

const open: Redis[] = [];
afterEach(() => {
  for (const redis of open.splice(0)) redis.disconnect();
});

function connect(name: string, options: { failFast?: boolean } = {}): Redis {
  const redis = connectRedis(group.url, name, options);
  open.push(redis);
  return redis;
}

const key = '{dragoman}:test';
const patienceMs = 120_000;

it('finds the master by its Sentinels, and says where it is', async () => {
  const { port } = await group.master();
  expect(await checkWrites(connect('door', { failFast: true }))).toBe(
    `127.0.0.1:${port}, master of dragoman by its Sentinels`,
  );
  const copy = connect('worker').duplicate();
  open.push(copy);
  expect(await copy.set(key, '1')).toBe('OK');
});

it('loses nothing that was confirmed in a planned failover', { timeout: patienceMs }, async () => {
  const redis = connect('worker');
  let confirmed = 0;
  let going = true;
  const load = (async () => {
    // oxlint-disable-next-line no-unmodified-loop-condition -- ended below
    while (going) {
      const batch = Array.from({ length: 20 }, (_, at) => redis.hset(`${key}:planned`, confirmed + at, '1'));
      await Promise.all(batch);
      confirmed += batch.length;
    }
  })();
  await expect.poll(() => confirmed).toBeGreaterThan(100);
  const successor = await group.failOver();
  const before = confirmed;
  await expect.poll(() => confirmed).toBeGreaterThan(before + 100);
  going = false;
  await load;
  expect(await successor.redis.hlen(`${key}:planned`)).toBe(confirmed);
  await group.whole();
});

it(
  'goes over to the new master when the old one has died; until then doors are told that there is none',
  { timeout: patienceMs },
  async () => {
    const worker = connect('worker');
    const door = connect('door', { failFast: true });
    await Promise.all([worker.ping(), door.ping()]);
    const old = await group.master();
    await old.kill();
    await expect(door.set(key, '1')).rejects.toThrow();
    await expect(checkWrites(door)).rejects.toThrow(/^no master of dragoman can be reached: /);
    expect(await worker.set(key, '2')).toBe('OK');
    await expect.poll(() => checkWrites(door).catch(() => '')).toContain('by its Sentinels');
    expect(await group.successor(old)).not.toBe(old);
    await old.start();
    await group.whole();
  },
);

it('leaves a master whose machine has vanished without a word', { timeout: patienceMs }, async () => {
  const worker = connect('worker');
  await worker.ping();
  const old = await group.master();
  old.front.hold('all');
  const writing = worker.set(key, '3');
  await group.successor(old);
  expect(await writing).toBe('OK');
  old.front.hold('nothing');
});
