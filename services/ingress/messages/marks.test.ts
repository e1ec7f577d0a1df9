import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Redis } from 'ioredis';
import { connectRedis } from '#shared/redis.ts';
import { startTestRedis, type TestRedis } from '#test/lib/redis.ts';
import { createMarks } from './marks.ts';

let server: TestRedis;
let redis: Redis;

beforeAll(async () => {
  server = await startTestRedis();
  redis = connectRedis(server.url, 'test');
});
beforeEach(() => redis.flushall());
afterAll(async () => {
  redis.disconnect();
  await server[Symbol.asyncDispose]();
});

it('stay before the oldest message that is still being dealt with', async () => {
  await using marks = createMarks(redis);
  marks.release();
  for (const message of ['10', '20', '30']) marks.begin('room', message);
  marks.done('room', '10');
  marks.done('room', '30');
  expect((await marks.load()).marks.get('room')).toBe('19');
  marks.done('room', '20');
  expect((await marks.load()).marks.get('room')).toBe('30');
});

it('do not move past what may be missing while they are held', async () => {
  {
    await using before = createMarks(redis);
    before.release();
    before.begin('room', '10');
    before.done('room', '10');
  }
  // A new process: what comes by itself must not hide what came while nobody listened.
  await using marks = createMarks(redis);
  marks.begin('room', '50');
  marks.done('room', '50');
  expect((await marks.load()).marks.get('room')).toBe('10');
  marks.begin('room', '40');
  marks.release();
  expect((await marks.load()).marks.get('room')).toBe('39');
  marks.done('room', '40');
  marks.hold();
  marks.begin('room', '60');
  marks.done('room', '60');
  expect((await marks.load()).marks.get('room')).toBe('50');
});

it('remember when the bot first watched, for channels without a mark', async () => {
  await using first = createMarks(redis);
  const { marks, since } = await first.load();
  expect([...marks.keys()]).toEqual([]);
  expect(BigInt(since)).toBeGreaterThan(0n);
  await using later = createMarks(redis);
  expect((await later.load()).since).toBe(since);
});

it('begin no mark before the stored ones are known: it could lead past what was missed', async () => {
  await redis.hset('{dragoman}:discord:marks', 'letters', '10');
  await using marks = createMarks(redis);
  marks.initialise('letters', '49');
  expect((await marks.load()).marks.get('letters')).toBe('10');
  marks.initialise('letters', '49');
  marks.initialise('new letters', '49');
  const known = (await marks.load()).marks;
  expect([known.get('letters'), known.get('new letters')]).toEqual(['10', '49']);
});

it('are read from a Redis that takes no writes', async () => {
  await redis.hset('{dragoman}:discord:marks', 'room', '10');
  await redis.config('SET', 'min-replicas-to-write', '1');
  await using marks = createMarks(redis);
  const loaded = await marks.load();
  expect([loaded.marks.get('room'), BigInt(loaded.since) > 0n]).toEqual(['10', true]);
  await expect(marks.storeSince()).rejects.toThrow('NOREPLICAS');
  await redis.config('SET', 'min-replicas-to-write', '0');
  await marks.storeSince();
  await using later = createMarks(redis);
  expect((await later.load()).since).toBe(loaded.since);
});

it('of a channel whose missed messages cannot be read stay, also when all others are released', async () => {
  await using marks = createMarks(redis);
  marks.missing('room');
  marks.release();
  for (const channel of ['room', 'other']) {
    marks.begin(channel, '10');
    marks.done(channel, '10');
  }
  const known = (await marks.load()).marks;
  expect([known.get('room'), known.get('other')]).toEqual([undefined, '10']);
  marks.found('room');
  expect((await marks.load()).marks.get('room')).toBe('10');
});

it('that are held move as far as nothing is missing, and no further', async () => {
  await using marks = createMarks(redis);
  for (const message of ['10', '20', '30', '40']) marks.begin('room', message);
  for (const message of ['10', '20', '40']) marks.done('room', message);
  marks.covered('room', '20');
  expect((await marks.load()).marks.get('room')).toBe('20');
  marks.covered('room', '35');
  expect((await marks.load()).marks.get('room')).toBe('29');
  marks.done('room', '30');
  expect((await marks.load()).marks.get('room')).toBe('35');
  marks.release();
  expect((await marks.load()).marks.get('room')).toBe('40');
});
