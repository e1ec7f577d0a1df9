import { errorText } from '#shared/ground/errors.ts';
import { configureLogging, createLogger, hideSecret } from '#shared/process/log.ts';
import { startEmbeddedPostgres } from '#mcp/postgres/embedded/postgres.ts';
import { startEmbeddedS3 } from '#mcp/storage/embedded/s3.ts';
import { startOwnRedis, type RedisWay } from './redis.ts';

// A backend as a process of its own: `node start/backend.ts <name>` with BACKEND_OPTIONS (JSON) in the environment. It
// tells its clients' variables over the channel to its parent, and being leashed takes its server along when that dies.

const log = createLogger('backend');

/** What the starter gives each backend. */
export interface BackendOptions {
  folder: string;
  port: number;
  /** For Redis: how to run it, and its password. */
  redis?: { way: RedisWay; password: string };
}

interface RunningBackend extends AsyncDisposable {
  /** Variables for its clients: address and credentials. */
  environment: Record<string, string>;
  /** Resolves with the reason when it ends unasked; absent where it lives in this process. */
  gone?: Promise<string>;
}

const backends: Record<string, (options: BackendOptions) => Promise<RunningBackend>> = {
  async redis({ folder, port, redis }) {
    if (!redis) throw new Error('the way to run Redis is missing');
    hideSecret(redis.password);
    const server = await startOwnRedis({ ...redis, folder, port });
    return {
      environment: { REDIS_URL: server.url },
      gone: server.gone,
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
  async postgres({ folder, port }) {
    const server = await startEmbeddedPostgres({
      dataDir: folder,
      port,
      log: (line) => log.info({ line }, 'preparing'),
    });
    return {
      environment: { POSTGRES_URL: server.url },
      gone: server.gone,
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
  async storage({ folder, port }) {
    const server = await startEmbeddedS3({ dataDir: folder, port });
    return {
      environment: {
        S3_ENDPOINT: server.endpoint,
        S3_ACCESS_KEY: server.accessKey,
        S3_SECRET_KEY: server.secretKey,
        S3_REGION: server.region,
      },
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
};

async function main(name: string): Promise<void> {
  configureLogging(name, 'info');
  const start = backends[name];
  if (!start) throw new Error(`there is no backend ${name}`);
  const options = JSON.parse(process.env['BACKEND_OPTIONS'] ?? '{}') as BackendOptions;
  await using backend = await start(options);
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
