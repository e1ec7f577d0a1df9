import type { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectRedis } from '#shared/redis/connect.ts';
import { keys } from '#shared/redis/keys.ts';
import { startTestRedis, type TestRedis } from '#test/lib/redis.ts';
import { forgetPerson, listMemories, saveMemory } from './store.ts';

let server: TestRedis;
let redis: Redis;
const limits = { most: 5, ttlMs: 60_000 };

beforeAll(async () => {
  server = await startTestRedis();
  redis = connectRedis(server.url, 'test');
});
afterAll(async () => {
  redis?.disconnect();
  await server?.[Symbol.asyncDispose]();
});

const save = (owner: string, text: string, by = 'discord:1') =>
  saveMemory(redis, owner, { text, by, name: 'Ada' }, limits);

test('ten at once find as much room as there is, and no more', async () => {
  const saved = await Promise.all(Array.from({ length: 10 }, (_, n) => save('person:discord:1', `fact ${n}`)));
  expect(saved.filter(({ outcome }) => outcome === 'kept')).toHaveLength(5);
  expect(saved.filter(({ outcome }) => outcome === 'full')).toHaveLength(5);
  expect(await listMemories(redis, 'person:discord:1', limits.ttlMs)).toHaveLength(5);
});

test('memories that nobody touches leave Redis by themselves', async () => {
  await save('person:discord:9', 'short');
  const left = await redis.pttl(keys.memory('person:discord:9'));
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(limits.ttlMs);
});

test('one that another version wrote in another form does no harm', async () => {
  await save('person:discord:8', 'readable');
  await redis.hset(keys.memory('person:discord:8'), 'odd', '{"later":true}', 'broken', '{');
  expect((await listMemories(redis, 'person:discord:8', limits.ttlMs)).map(({ text }) => text)).toEqual(['readable']);
});

test('a person is forgotten: their own, and what they saved for others; others stay', async () => {
  await save('person:discord:2', 'mine', 'discord:2');
  await save('channel:discord:g:c', 'theirs', 'discord:2');
  await save('server:discord:g', 'theirs too', 'discord:2');
  await save('channel:discord:g:c', 'of somebody else', 'discord:3');
  await redis.hset(keys.memoryVectors('person:discord:2'), 'x', 'v');
  expect(await forgetPerson(redis, 'discord:2')).toBe(3);
  expect(await redis.keys('*discord:2*')).toEqual([]);
  expect((await listMemories(redis, 'channel:discord:g:c', limits.ttlMs)).map(({ text }) => text)).toEqual([
    'of somebody else',
  ]);
  expect(await listMemories(redis, 'server:discord:g', limits.ttlMs)).toEqual([]);
  expect(await forgetPerson(redis, 'discord:2')).toBe(0);
});
