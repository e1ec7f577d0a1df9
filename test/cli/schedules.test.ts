import type { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectRedis } from '#shared/redis/connect.ts';
import { keys } from '#shared/redis/keys.ts';
import { addSchedule, readSchedule } from '#shared/schedules/store.ts';
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

it('lists the scheduled questions of everybody, pauses and deletes one', async () => {
  const next = Date.now() + 3_600_000;
  const made = {
    maker: { id: '1', name: 'Ada' },
    guild: '9',
    channel: '7',
    question: 'What changed?',
    when: 'every hour',
    timing: { kind: 'cron' as const, pattern: '0 * * * *' },
    zone: 'UTC',
    createdAt: 0,
    next,
  };
  const schedule = await addSchedule(redis, made, { perPerson: 1, perServer: 1 });
  const id = typeof schedule === 'string' ? '' : schedule.id;
  expect(await addSchedule(redis, made, { perPerson: 1, perServer: 9 })).toBe('too-many-of-maker');
  expect(await addSchedule(redis, made, { perPerson: 9, perServer: 1 })).toBe('too-many-in-place');
  // Another version's, and somebody's slip.
  await redis.hset(keys.schedules, { newer: '{"timing":{"kind":"sunrise"}}', broken: '{' });
  const { stdout } = await rig.run(['schedules', 'list'], '');
  expect(stdout).toContain('What changed?');
  expect(stdout).toContain(new Date(next).toISOString().slice(0, 16).replace('T', ' '));
  expect(await rig.run(['schedules', 'pause', id], '')).toMatchObject({ code: 0, stdout: `Paused ${id}.\n` });
  expect((await readSchedule(redis, id))?.schedule.paused?.why).toBe('asked');
  expect((await rig.run(['audit', 'list', '--kind', 'schedule'], '')).stdout).toContain(`${id} paused by`);
  expect(await rig.run(['schedules', 'delete', id, '--json'], '')).toMatchObject({ code: 0 });
  const again = await rig.run(['schedules', 'delete', id], '');
  expect(again).toMatchObject({ code: 1 });
  expect(again.stderr).toContain(`There is no schedule ${id}`);
});
