import { isDomain, stackOf } from '#mcp/domains.ts';
import type { RunningBackend } from '#mcp/stack.ts';
import { errorText } from '#shared/ground/errors.ts';
import { configureLogging, createLogger, hideSecret } from '#shared/process/log.ts';
import type { RedisWay } from './redis-way.ts';

// Runs a backend as a process of its own: `node start/backend.ts <name>` with BACKEND_OPTIONS (JSON) in the
// environment. It sends its clients' variables to its parent over the IPC channel. The leash ends it, and so its
// server, when the parent dies.

const log = createLogger('backend');

/** What the starter gives each backend. */
export interface BackendOptions {
  folder: string;
  port: number;
  /** For Redis: how to run it, and its password. */
  redis?: { way: RedisWay; password: string };
}

/** Starts Redis, or what a domain of mcp/ needs. */
async function startBackend(name: string, { folder, port, redis }: BackendOptions): Promise<RunningBackend> {
  if (name === 'redis') return startRedisBackend(folder, port, redis);
  const serve = isDomain(name) ? stackOf(name).serve : undefined;
  if (!serve) throw new Error(`there is no backend ${name}`);
  return serve({ folder, port, log: (line) => log.info({ line }, 'preparing') });
}

async function startRedisBackend(
  folder: string,
  port: number,
  redis: BackendOptions['redis'],
): Promise<RunningBackend> {
  if (!redis) throw new Error('the way to run Redis is missing');
  hideSecret(redis.password);
  const { rememberBeginning, startOwnRedis } = await import('./redis.ts');
  const server = await startOwnRedis({ ...redis, folder, port });
  await rememberBeginning(server.url, Math.round(performance.timeOrigin));
  return {
    environment: { REDIS_URL: server.url },
    gone: server.gone,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function main(name: string): Promise<void> {
  configureLogging(name, 'info');
  const options = JSON.parse(process.env['BACKEND_OPTIONS'] ?? '{}') as BackendOptions;
  await using backend = await startBackend(name, options);
  process.send?.({ environment: backend.environment });
  log.info('running');
  const stopped = new Promise<undefined>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(undefined));
  });
  const reason = await Promise.race(backend.gone ? [stopped, backend.gone] : [stopped]);
  if (reason !== undefined) throw new Error(reason);
}

try {
  await main(process.argv[2] ?? '');
} catch (error) {
  log.fatal({ error: errorText(error) }, 'cannot go on');
  process.exitCode = 1;
}
