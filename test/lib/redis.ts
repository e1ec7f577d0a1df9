import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from './ports.ts';
import { endedAtStart, killRedis, spawnRedis } from './redis-server.ts';
import { connectRedis } from '#shared/redis/connect.ts';

export interface TestRedis extends AsyncDisposable {
  url: string;
  port: number;
  /** Kills it at once (kill -9). */
  kill(): Promise<void>;
  /** Starts again on the same port and data. */
  start(): Promise<void>;
  pid(): number | undefined;
  /** Whether it runs, because it may have ended by itself. */
  alive(): boolean;
}

export interface TestRedisOptions {
  /**
   * With an append-only file (`appendfsync always`), as the run queue's Redis has; otherwise nothing is written to
   * disk.
   */
  durable?: boolean;
  /** Where it writes; a temporary folder by default. */
  folder?: string;
  /** More variables for its environment. */
  env?: Record<string, string>;
}

/** A real Redis of its own on a free port. Rejects when there is no server. */
export async function startTestRedis(options: TestRedisOptions = {}): Promise<TestRedis> {
  const port = await freePort();
  const folder = options.folder ?? (await mkdtemp(path.join(tmpdir(), 'dragoman-redis-')));
  const persistence = options.durable
    ? ['--appendonly', 'yes', '--appendfsync', 'always', '--save', '']
    : ['--appendonly', 'no', '--save', ''];
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--maxmemory-policy', 'noeviction'];
  let child: ChildProcess | undefined;
  const url = `redis://127.0.0.1:${port}`;

  async function start(): Promise<void> {
    child = spawnRedis([...args, ...persistence], options.env);
    const redis = connectRedis(url, 'test');
    redis.on('error', () => undefined);
    try {
      await Promise.race([redis.ping(), endedAtStart(child)]);
    } finally {
      redis.disconnect();
    }
  }
  const alive = () => child !== undefined && child.exitCode === null && child.signalCode === null;

  async function kill(): Promise<void> {
    const current = child;
    child = undefined;
    await killRedis(current);
  }
  await start();
  return {
    url,
    port,
    start,
    kill,
    pid: () => child?.pid,
    alive,
    async [Symbol.asyncDispose]() {
      await kill();
      // A folder that was given belongs to the giver.
      if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}
