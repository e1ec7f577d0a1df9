import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { Redis } from 'ioredis';
import { connectRedis } from '#shared/redis/connect.ts';
import { startTestRedis, type TestRedis } from '#test/lib/redis.ts';
import { newer, snowflakeOf } from '../discord/snowflakes.ts';
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
  // In a new process, a message that comes by itself must not hide what came while nobody listened.
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

// In a server's channel a mark that is older than the catch-up says nothing; a mark of direct messages always does.
const began = Date.now();
const ago = (hours: number, at = 0) => (BigInt(snowflakeOf(began - hours * 3_600_000)) + BigInt(at)).toString();
const stored = async () => {
  const { since: _, ...rest } = await redis.hgetall('{dragoman}:discord:marks');
  return { marks: Object.keys(rest).toSorted(), kinds: await redis.hgetall('{dragoman}:discord:marks:kinds') };
};
const hour = { maxAgeMs: 3_600_000 };

it('of silent threads and channels are forgotten, those of direct messages and of what is not known yet are kept', async () => {
  await using marks = createMarks(redis, hour);
  await marks.load();
  marks.release();
  const channels = { quiet: 'thread', hall: 'channel', busy: 'thread', olga: 'dm' } as const;
  for (const [channel, kind] of Object.entries(channels)) {
    marks.learn(channel, kind);
    const message = channel === 'busy' ? ago(0.5) : ago(2);
    marks.begin(channel, message);
    marks.done(channel, message);
  }
  marks.begin('unknown', ago(2));
  marks.done('unknown', ago(2));
  await marks.flush();
  expect((await stored()).marks).toEqual(['busy', 'hall', 'olga', 'quiet', 'unknown']);
  marks.trim();
  await marks.flush();
  expect(await stored()).toEqual({ marks: ['busy', 'olga', 'unknown'], kinds: { busy: 'thread', olga: 'dm' } });
  // A later process that looks back further must not take what was forgotten for something new.
  await using later = createMarks(redis, { maxAgeMs: 86_400_000 });
  const { since } = await later.load();
  expect(BigInt(since)).toBeGreaterThan(BigInt(ago(1.01)));
});

it('are bounded: the newest stay', async () => {
  await using marks = createMarks(redis, { ...hour, maxInServers: 3, maxDirect: 2, maxDirectAgeMs: 86_400_000 });
  await marks.load();
  marks.release();
  for (let at = 0; at < 6; at += 1) {
    for (const [channel, kind] of [
      [`t${at}`, 'thread'],
      [`d${at}`, 'dm'],
    ] as const) {
      marks.learn(channel, kind);
      marks.begin(channel, ago(0.5, at));
      marks.done(channel, ago(0.5, at));
    }
  }
  marks.learn('ancient', 'dm');
  marks.begin('ancient', ago(25));
  marks.done('ancient', ago(25));
  marks.trim();
  await marks.flush();
  expect((await stored()).marks).toEqual(['d4', 'd5', 't3', 't4', 't5']);
});

it('are not forgotten while a message is being dealt with, or the channel could not be read', async () => {
  await using marks = createMarks(redis, hour);
  await marks.load();
  marks.release();
  for (const channel of ['open', 'unread']) {
    marks.learn(channel, 'thread');
    marks.begin(channel, ago(3));
    marks.done(channel, ago(3));
  }
  marks.begin('open', ago(2));
  marks.missing('unread');
  marks.trim();
  await marks.flush();
  expect((await stored()).marks).toEqual(['open', 'unread']);
  marks.done('open', ago(2));
  marks.found('unread');
  marks.trim();
  await marks.flush();
  expect((await stored()).marks).toEqual([]);
});

it.each([-1, 1])('an own clock that is %i h ahead leads past nothing', async (hours) => {
  const now = Date.now();
  const clock = vi.spyOn(Date, 'now').mockReturnValue(now + hours * 3_600_000);
  await using marks = createMarks(redis);
  const first = await marks.load();
  clock.mockRestore();
  expect(first.now).toBeLessThan(now + 60_000);
  expect(newer(snowflakeOf(now + 60_000), first.since)).toBe(true);
});
