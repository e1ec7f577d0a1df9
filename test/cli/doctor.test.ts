import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { Finding } from '#services/cli/doctor/finding.ts';
import { checkWrites } from '#services/cli/doctor/check-writes.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { startTestRedis } from '#test/lib/redis.ts';
import { startCliRig } from './cli-rig.ts';

it('says that runs fail, why, and where to look, although the model is listed', { timeout: 60_000 }, async () => {
  await using rig = await startCliRig();
  const look = async () => {
    const { stdout } = await rig.run(['doctor', '--json'], '');
    return JSON.parse(stdout) as Finding[];
  };
  const before = await look();
  expect(before.find(({ name }) => name === 'failed runs')).toBe(undefined);
  expect(before.find(({ name }) => name === 'ingress')).toMatchObject({
    state: 'warning',
    detail: 'none: nobody listens in Discord or the playground',
  });
  await rig.run(['run', 'please fail'], '');
  expect((await look()).find(({ name }) => name === 'failed runs')).toMatchObject({
    state: 'broken',
    detail: '1 of 1 that ended in the last 10 minutes: 1 bad-key',
    mend: expect.stringMatching(/jobs show \S+/),
  });
  await rig.run(['run', 'Hello'], '');
  expect((await look()).find(({ name }) => name === 'failed runs')).toMatchObject({
    state: 'warning',
    detail: expect.stringMatching(/^1 of 2 /),
  });
  const asking = rig.start(['run', 'please throttle'], 'pipe');
  asking.stdin?.end();
  await expect.poll(() => asking.stderr(), { timeout: 10_000 }).toContain('keep trying');
  expect((await look()).find(({ name }) => name === 'model fails')).toMatchObject({
    state: 'warning',
    detail: 'runs that ask it again: 1 rate-limit',
    mend: expect.stringMatching(/jobs show \S+/),
  });
  rig.answer('please throttle', 'At last.');
  expect(await asking.finished).toMatchObject({ code: 0, stdout: expect.stringContaining('At last.') });
});

it('says why Redis takes no writes: memory, disk, a replica', { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'dragoman-doctor-'));
  await using server = await startTestRedis({ folder });
  await using other = await startTestRedis();
  const redis = connectRedis(server.url, 'test');
  try {
    expect(await checkWrites(redis)).toMatchObject({ state: 'ok', detail: expect.stringMatching(/MiB used, without/) });
    await redis.set('filler', 'x'.repeat(900_000));
    const used = Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1]);
    await redis.config('SET', 'maxmemory', String(Math.round(used * 1.1)));
    expect(await checkWrites(redis)).toMatchObject({ state: 'warning', mend: expect.stringContaining('maxmemory') });
    await redis.config('SET', 'maxmemory', '1mb');
    expect(await checkWrites(redis)).toMatchObject({
      state: 'broken',
      detail: expect.stringMatching(/of 1\.0 MiB used: questions are refused/),
    });
    await redis.config('SET', 'maxmemory', '0');
    // Its folder is gone, which stops a snapshot as a full disk does.
    rmSync(folder, { recursive: true });
    await redis.bgsave();
    await expect
      .poll(() => checkWrites(redis), { timeout: 10_000 })
      .toMatchObject({
        state: 'broken',
        detail: 'it cannot write to its disk (rdb_last_bgsave_status)',
      });
    await redis.replicaof('127.0.0.1', other.port);
    expect(await checkWrites(redis)).toMatchObject({
      state: 'broken',
      detail: `it is a replica of 127.0.0.1:${other.port}: all are refused`,
    });
  } finally {
    redis.disconnect();
    rmSync(folder, { recursive: true, force: true });
  }
});
