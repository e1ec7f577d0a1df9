import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Redis } from 'ioredis';
import { connectRedis } from '#shared/redis/connect.ts';
import { keys } from '#shared/redis/keys.ts';
import { startTestRedis, type TestRedis } from '#test/lib/redis.ts';
import { holdShards, type HeldShards } from './hold-shards.ts';

let server: TestRedis;
const stack = new AsyncDisposableStack();
const times = { forMs: 2_000, everyMs: 50, giveUpMs: 1_000 };

beforeAll(async () => {
  server = stack.use(await startTestRedis());
});
afterAll(() => stack.disposeAsync());

function holder(count: number, most: number): { redis: Redis; held: HeldShards } {
  const redis = connectRedis(server.url, 'test', { failFast: true });
  stack.defer(() => redis.disconnect());
  return { redis, held: stack.use(holdShards(redis, { most, count: async () => count }, times)) };
}

test('each shard has one holder; who finds none waits until one is given up', async () => {
  const [one, two] = [holder(3, 2), holder(3, 2)];
  const taken = await Promise.all([one.held.taken, two.held.taken]);
  expect(taken.flatMap(({ ids }) => ids).toSorted()).toEqual([0, 1, 2]);
  const waiting = holder(3, 2);
  await one.held[Symbol.asyncDispose]();
  expect(await waiting.held.taken).toEqual(taken[0]);
});

test('a holder that Redis does not hear gives up before another one takes its shards', async () => {
  const one = holder(1, 1);
  expect(await one.held.taken).toEqual({ ids: [0], count: 1 });
  const ends: string[] = [];
  const lost = expect(one.held.lost.finally(() => ends.push('given up'))).rejects.toThrow('did not answer for so long');
  one.redis.disconnect();
  const next = holder(1, 1);
  expect(await next.held.taken.finally(() => ends.push('taken'))).toEqual({ ids: [0], count: 1 });
  await lost;
  expect(ends).toEqual(['given up', 'taken']);
});

test('who ends before it knows of how many shards leaves what the others agreed on', async () => {
  const redis = connectRedis(server.url, 'test', { failFast: true });
  stack.defer(() => redis.disconnect());
  await redis.set(keys.discordShardCount, 3);
  const unknown = holdShards(redis, { most: 1, count: () => new Promise(() => undefined) }, times);
  await unknown[Symbol.asyncDispose]();
  expect(await redis.get(keys.discordShardCount)).toBe('3');
});

test('a holder whose shards another one has got is told', async () => {
  const one = holder(5, 1);
  const {
    ids: [shard],
  } = await one.held.taken;
  const other = { holder: 'another', untilMs: Date.now() + 60_000 };
  await one.redis.hset('{dragoman}:discord:shards:5', String(shard), JSON.stringify(other));
  await expect(one.held.lost).rejects.toThrow('Another process has taken the shards');
});
