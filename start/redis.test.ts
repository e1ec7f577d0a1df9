import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { nextFreePort } from '#shared/ground/ports.ts';
import { findRedis } from './redis-way.ts';
import { startOwnRedis } from './redis.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dragoman-own-redis-'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

/** Sets a path with these programs and no others. */
function onlyPrograms(...names: string[]): void {
  const bin = path.join(folder, 'bin');
  mkdirSync(bin);
  for (const name of names) {
    writeFileSync(path.join(bin, name), '#!/bin/sh\nexit 0\n');
    chmodSync(path.join(bin, name), 0o755);
  }
  vi.stubEnv('PATH', bin);
}

test.each([
  [['redis-server', 'valkey-server', 'docker'], 'redis-server'],
  [['valkey-server', 'docker'], 'valkey-server'],
  [['docker'], 'docker'],
])('of %j it takes %s', async (programs, way) => {
  onlyPrograms(...programs);
  expect(await findRedis(() => undefined)).toBe(way);
});

test('without any way there is one clear line', async () => {
  onlyPrograms();
  await expect(findRedis(() => undefined)).rejects.toThrow(
    /^Redis is missing: set REDIS_URL, or install .*start again\.$/,
  );
});

test.each([
  ['darwin', 'brew', 'brew install redis'],
  ['linux', 'dnf', 'sudo dnf install redis'],
  ['linux', 'pacman', 'sudo pacman -S valkey'],
  ['linux', 'zypper', 'sudo zypper install redis'],
])('on %s with %s it names the command that installs one, and runs none', async (platform, program, command) => {
  vi.spyOn(process, 'platform', 'get').mockReturnValue(platform as NodeJS.Platform);
  onlyPrograms(program);
  await expect(findRedis(() => undefined)).rejects.toThrow(
    `Redis is missing: set REDIS_URL, or install redis-server, valkey-server or Docker (${command}), and start again.`,
  );
});

async function withClient<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, { retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

test('keeps every write over kill and restart, behind a password', async () => {
  const options = { way: 'redis-server', folder, password: 'secret-for-this-test' } as const;
  const first = await startOwnRedis({ ...options, port: await nextFreePort(0) });
  const kept = await withClient(first.url, async (redis) => {
    await redis.set('kept', 'yes');
    expect(await redis.config('GET', 'appendfsync')).toEqual(['appendfsync', 'always']);
    expect(await redis.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
    return redis.info('server');
  });
  expect(statSync(path.join(folder, 'redis.conf')).mode & 0o777).toBe(0o600);
  const port = new URL(first.url).port;
  await expect(withClient(`redis://127.0.0.1:${port}`, (redis) => redis.get('kept'))).rejects.toThrow('NOAUTH');
  process.kill(Number(/process_id:(\d+)/.exec(kept)?.[1]), 'SIGKILL');
  expect(await first.gone).toContain('ended');
  await using second = await startOwnRedis({ ...options, port: await nextFreePort(0) });
  expect(await withClient(second.url, (redis) => redis.get('kept'))).toBe('yes');
});

test('one that an earlier starter left behind is ended before its data is used', async () => {
  const options = { way: 'redis-server', folder, password: 'secret-for-this-test' } as const;
  await using leftover = await startOwnRedis({ ...options, port: await nextFreePort(0) });
  await withClient(leftover.url, (redis) => redis.set('kept', 'yes'));
  await using next = await startOwnRedis({ ...options, port: await nextFreePort(0) });
  expect(await leftover.gone).toContain('ended');
  expect(await withClient(next.url, (redis) => redis.get('kept'))).toBe('yes');
});
