import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/**
 * The server that suites run against: `npm test -- --redis /path/to/valkey-server`, or REDIS_SERVER. It is Redis or
 * Valkey, of any version that Dragoman works with.
 */
export function redisServer(): string {
  return process.env['REDIS_SERVER'] ?? 'redis-server';
}

/** A server process. `args`: as on its command line. */
export function spawnRedis(args: string[], env: Record<string, string> = {}): ChildProcess {
  return spawn(redisServer(), args, { stdio: 'ignore', env: { ...process.env, ...env } });
}

/** Rejects when the server cannot be run, or ends at start: another process may have taken its port. */
export async function endedAtStart(child: ChildProcess): Promise<never> {
  const [code] = (await once(child, 'exit')) as [number | null];
  throw new Error(`${redisServer()} ended with ${String(code)}`);
}

/** kill -9; resolves when it is gone. */
export async function killRedis(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
