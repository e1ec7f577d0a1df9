import { Redis, type RedisOptions } from 'ioredis';
import { prefix } from './keys.ts';
import { createLogger } from './log.ts';

const log = createLogger('redis');

let leaving = false;

/**
 * For a process that ends: connections that are lost, or will be, are not opened again, so that what waits for them
 * fails instead of holding the process. Also those that BullMQ makes as copies of ours.
 */
export function stopReconnecting(): void {
  leaving = true;
}

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
  const redis = endReliably(new Redis(url, { ...baseOptions(name), ...patience }));
  redis.on('connect', () => joinWrites(redis.stream));
  watch(redis, name);
  return redis;
}

/**
 * Told to disconnect between two tries to reconnect, ioredis 6.0 only drops the next try: nobody hears that the
 * connection has ended, and what waits for it waits for ever (BullMQ's close does). Here the next try is the last.
 */
function endReliably(redis: Redis): Redis {
  const disconnect = redis.disconnect.bind(redis);
  const duplicate = redis.duplicate.bind(redis);
  redis.disconnect = (reconnect = false) => {
    if (reconnect || redis.status !== 'reconnecting') return disconnect(reconnect);
    redis.options.retryStrategy = () => null;
    redis.once('connect', () => disconnect());
  };
  redis.duplicate = (override) => endReliably(duplicate(override));
  return redis;
}

function baseOptions(name: string): Options {
  return {
    connectionName: `dragoman-${name}`,
    retryStrategy: (attempt) => (leaving ? null : Math.min(50 * 2 ** Math.min(attempt, 6), 2_000)),
    keepAlive: 10_000,
    // Told by a Redis that was made a replica: the name leads to another one by now. 2: and asks that one again.
    reconnectOnError: (error) => (error.message.startsWith('READONLY') ? 2 : false),
  };
}

/**
 * Sends what is written in one turn of the event loop with one system call instead of one a command. Redis then reads,
 * and with `appendfsync always` writes to disk, once for many runs.
 */
function joinWrites(stream: Redis['stream']): void {
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  let held = false;
  stream.write = (...args: unknown[]) => {
    if (!held) {
      held = true;
      stream.cork();
      process.nextTick(() => {
        held = false;
        stream.uncork();
      });
    }
    return write(...args);
  };
}

/** Of connections that were lost. Infinity: still are. */
const foundAgainAt = new WeakMap<Redis, number>();

/** Milliseconds since a connection that was lost stands again; Infinity when it never was, negative while it is. */
export function foundAgainForMs(redis: Redis): number {
  return performance.now() - (foundAgainAt.get(redis) ?? -Infinity);
}

/** Logs the loss and the return of a connection, each once. */
function watch(redis: Redis, name: string): void {
  let away = false;
  redis.on('error', (error: Error) => {
    if (away) return;
    away = true;
    log.warn({ connection: name, error: error.message }, 'Redis is away; reconnecting');
  });
  redis.on('close', () => void foundAgainAt.set(redis, Infinity));
  redis.on('ready', () => {
    if (foundAgainAt.has(redis)) foundAgainAt.set(redis, performance.now());
    if (away) log.info({ connection: name }, 'Redis is back');
    away = false;
  });
}

/** Rejects unless Redis takes writes: one that is a replica answers questions as well. Needs no memory, which may be full. */
export async function checkWrites(redis: Redis): Promise<void> {
  await redis.unlink(`${prefix}:readiness`);
}

/** Redis' clock in milliseconds since the epoch: what is stored carries its time. */
export async function redisNow(redis: Redis): Promise<number> {
  const [seconds, micros] = await redis.time();
  return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
}
