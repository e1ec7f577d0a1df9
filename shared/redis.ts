import { Redis, type RedisOptions } from 'ioredis';
import { createLogger } from './log.ts';

const log = createLogger('redis');

/** Without `replyMapping`, whose type decides the type of the connection. */
type Options = Omit<RedisOptions, 'replyMapping'>;

/**
 * A connection to Redis that reconnects by itself.
 * `failFast`: commands reject while Redis is away (doors tell the user); otherwise they wait (workers, BullMQ).
 */
export function connectRedis(url: string, name: string, options: { failFast?: boolean } = {}): Redis {
  const patience: Options = options.failFast
    ? { maxRetriesPerRequest: 1, commandTimeout: 5_000 }
    : { maxRetriesPerRequest: null };
  const redis = new Redis(url, { ...baseOptions(name), ...patience });
  watch(redis, name);
  return redis;
}

function baseOptions(name: string): Options {
  return {
    connectionName: `dragoman-${name}`,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 6), 2_000),
    keepAlive: 10_000,
  };
}

/** Logs the loss and the return of a connection, each once. */
function watch(redis: Redis, name: string): void {
  let away = false;
  redis.on('error', (error: Error) => {
    if (away) return;
    away = true;
    log.warn({ connection: name, error: error.message }, 'Redis is away; reconnecting');
  });
  redis.on('ready', () => {
    if (away) log.info({ connection: name }, 'Redis is back');
    away = false;
  });
}
