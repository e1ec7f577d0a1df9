import type { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { saveMemory } from '#shared/memory/store.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { startCliRig, type CliRig } from './cli-rig.ts';

let rig: CliRig;
let redis: Redis;
beforeAll(async () => {
  rig = await startCliRig();
  redis = connectRedis(rig.redisUrl, 'test');
});
afterAll(async () => {
  redis?.disconnect();
  await rig?.[Symbol.asyncDispose]();
});

it('lists what is remembered for somebody, and forgets all of it', async () => {
  const limits = { most: 10, ttlMs: 3_600_000 };
  const memory = { text: 'likes tea', by: 'discord:1', name: 'Ada' };
  await saveMemory(redis, 'person:discord:1', memory, limits);
  await saveMemory(redis, 'server:discord:9', { ...memory, text: 'the kettle is upstairs' }, limits);
  expect((await rig.run(['memory', 'list', 'discord:1'], '')).stdout).toContain('likes tea');
  const forgotten = await rig.run(['memory', 'forget', 'discord:1', '--json'], '');
  expect(forgotten).toMatchObject({ code: 0 });
  expect(JSON.parse(forgotten.stdout)).toEqual({ who: 'discord:1', forgotten: 2 });
  expect((await rig.run(['memory', 'list', 'discord:1'], '')).stderr).toContain('Nothing is remembered for discord:1.');
});
