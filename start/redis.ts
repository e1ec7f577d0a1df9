import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Redis } from 'ioredis';
import { snowflakeOf } from '#services/ingress/discord/snowflakes.ts';
import { keys } from '#shared/redis/keys.ts';
import { StartError } from './errors.ts';
import type { RedisWay } from './redis-way.ts';

const image = 'redis:8-alpine';

/**
 * Remembers for the bot that people may have written to it from this moment (milliseconds since the epoch) on, unless
 * an earlier start did. Without it the bot would pass over what somebody writes while the very first start is under way.
 */
export async function rememberBeginning(url: string, at: number): Promise<void> {
  const redis = connectOnce(url);
  try {
    // The field is the one of services/ingress/messages/marks.ts.
    await redis.hsetnx(keys.discordMarks, 'since', snowflakeOf(at));
  } finally {
    redis.disconnect();
  }
}

export interface OwnRedis extends AsyncDisposable {
  url: string;
  /** Resolves with the reason when Redis ends unasked. */
  gone: Promise<string>;
}

/**
 * Runs Redis on `port` of loopback with its data in `folder`. Its append-only file is synced with every write, so that
 * an accepted request survives a crash. It evicts nothing and has a password of its own. A server that an earlier
 * starter left behind with the same data is ended first. Throws StartError with its last words when it does not come
 * up.
 */
export async function startOwnRedis(options: {
  way: RedisWay;
  folder: string;
  port: number;
  password: string;
}): Promise<OwnRedis> {
  const { way, folder, port, password } = options;
  const config = path.join(folder, 'redis.conf');
  await endLeftover(config);
  writeFileSync(config, configuration(way, folder, port, password), { mode: 0o600 });
  const url = `redis://:${password}@127.0.0.1:${port}`;
  const child = spawnRedis(way, folder, config, port);
  let output = '';
  const collect = (chunk: Buffer) => (output = (output + chunk.toString()).slice(-2_000));
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  const gone = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve([`${way} ended (${code ?? signal})`, ...faults(output)].join(': ')));
  });
  const up = await Promise.race([answers(url, 60_000), gone]);
  if (up !== true) throw new StartError(`Redis did not start. ${up || output.trim()}`);
  return {
    url,
    gone,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** What its last lines say of a fault; of a Redis that was killed they tell only how well it began. */
function faults(output: string): string[] {
  const usual = /^\d+:\w .* [*.-] |oO0Oo|Redis version=|Configuration loaded|Server initialized|WARNING/;
  const lines = output.split('\n').filter((line) => line.trim() !== '' && !usual.test(line));
  return lines.length === 0 ? [] : [lines.slice(-3).join('; ')];
}

function configuration(way: RedisWay, folder: string, port: number, password: string): string {
  const inContainer = way === 'docker';
  return [
    `# reached at ${port}`,
    `port ${inContainer ? 6379 : port}`,
    `bind ${inContainer ? '0.0.0.0' : '127.0.0.1'}`,
    `dir ${inContainer ? '/data' : JSON.stringify(folder)}`,
    `requirepass ${password}`,
    'appendonly yes',
    'appendfsync always',
    'save ""',
    'maxmemory-policy noeviction',
    'daemonize no',
    '',
  ].join('\n');
}

function spawnRedis(way: RedisWay, folder: string, config: string, port: number): ChildProcess {
  if (way !== 'docker') return spawn(way, [config], { stdio: ['ignore', 'pipe', 'pipe'] });
  const user = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
  const args = ['run', '--rm', '--init', '--user', user, '-p', `127.0.0.1:${port}:6379`, '-v', `${folder}:/data`];
  return spawn('docker', [...args, image, 'redis-server', '/data/redis.conf'], { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** True when Redis answers in time. While it reads its data it says LOADING; we wait as long as that takes. */
async function answers(url: string, timeoutMs: number): Promise<true | string> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    const redis = connectOnce(url);
    const pong = await redis.ping().catch(() => undefined);
    redis.disconnect();
    if (pong === 'PONG') return true;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  return `It did not answer within ${timeoutMs / 1000} s.`;
}

/**
 * Ends the server that still runs by an earlier start's configuration: two servers on one append-only file would
 * destroy it.
 */
async function endLeftover(config: string): Promise<void> {
  if (!existsSync(config)) return;
  const text = readFileSync(config, 'utf8');
  const port = /^# reached at (\d+)$/m.exec(text)?.[1];
  const password = /^requirepass (\S+)$/m.exec(text)?.[1];
  if (port === undefined || password === undefined) return;
  // The random password proves that the server is ours, whatever has taken the port since.
  const redis = connectOnce(`redis://:${password}@127.0.0.1:${port}`);
  try {
    if ((await redis.ping()) !== 'PONG') return;
    // Redis answers SHUTDOWN by closing the connection; the command itself gets no answer.
    const closed = once(redis, 'end', { signal: AbortSignal.timeout(20_000) });
    redis.shutdown().catch(() => undefined);
    await closed;
  } catch {
    // There is no server, or it is somebody else's: nothing to end.
  } finally {
    redis.disconnect();
  }
}

function connectOnce(url: string): Redis {
  const redis = new Redis(url, { retryStrategy: () => null, maxRetriesPerRequest: 0, connectTimeout: 1_000 });
  redis.on('error', () => undefined);
  return redis;
}
