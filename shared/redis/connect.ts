import { Redis } from 'ioredis';
import { watchFailovers } from './failovers.ts';
import { keys } from './keys.ts';
import { isLeaving } from '#shared/process/leaving.ts';
import { createLogger } from '#shared/process/log.ts';
import { parseRedisUrl, type ConnectionOptions, type RedisPlace } from './url.ts';

const log = createLogger('redis');

/**
 * A connection to Redis that reconnects by itself; where Sentinels watch, to whichever server is the master. `url` is
 * what `parseRedisUrl` reads, whose TypeError it throws. With `failFast` commands reject while Redis is away (doors
 * tell the user); without it they wait (workers, BullMQ).
 */
export function connectRedis(url: string, name: string, options: { failFast?: boolean } = {}): Redis {
  const place = parseRedisUrl(url);
  const patience: ConnectionOptions = options.failFast
    ? { maxRetriesPerRequest: 1, commandTimeout: 5_000 }
    : { maxRetriesPerRequest: null };
  const redis = prepare(open(place, { ...baseOptions(name), ...patience }), place);
  redis.on('connect', () => joinWrites(redis.stream));
  watch(redis, name, place);
  return redis;
}

function open(place: RedisPlace, options: ConnectionOptions): Redis {
  if (place.kind === 'server') return new Redis(place.url, options);
  return new Redis({ ...options, ...place.options, sentinelRetryStrategy: againIn, sentinelCommandTimeout: 2_000 });
}

/** Sets up a connection of ours, or a copy that BullMQ makes of one. */
function prepare(redis: Redis, place: RedisPlace): Redis {
  const duplicate = redis.duplicate.bind(redis);
  redis.duplicate = (override) => prepare(duplicate(override), place);
  if (place.kind === 'sentinel') watchFailovers(redis, place, againIn);
  return endReliably(redis);
}

/**
 * When ioredis 6.0 is told to disconnect between two tries to reconnect, it only drops the next try: nobody hears that
 * the connection has ended, and what waits for it (BullMQ's close) waits for ever. Here the next try is made, as the
 * last one.
 */
function endReliably(redis: Redis): Redis {
  const disconnect = redis.disconnect.bind(redis);
  redis.disconnect = (reconnect = false) => {
    if (reconnect || redis.status !== 'reconnecting') return disconnect(reconnect);
    redis.options.retryStrategy = () => null;
    redis.once('connect', () => disconnect());
  };
  return redis;
}

/** Milliseconds to the next try to connect; null for none. */
function againIn(attempt: number): number | null {
  return isLeaving() ? null : Math.min(50 * 2 ** Math.min(attempt, 6), 2_000);
}

/**
 * Milliseconds after which a connection counts as broken on which commands get no answer. A machine that vanishes, a
 * parted network or a firewall that forgets a connection ends it without a word, and a write to it would wait for a
 * quarter of an hour. No command takes so long: readers block for 5 s, workers of queues for 10 s.
 */
const silentMs = 15_000;

function baseOptions(name: string): ConnectionOptions {
  return {
    connectionName: `dragoman-${name}`,
    retryStrategy: againIn,
    keepAlive: 10_000,
    socketTimeout: silentMs,
    // A Redis that was made a replica refused the write: the name leads to another server by now. 2 reconnects and
    // sends the command again.
    reconnectOnError: (error) => (error.message.startsWith('READONLY') ? 2 : false),
  };
}

/**
 * Sends everything that is written in one turn of the event loop with one system call instead of one per command. Redis
 * then reads, and with `appendfsync always` writes to disk, once for many runs.
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

/** When each connection that was once lost came back, by `performance.now()`; Infinity while it is lost. */
const foundAgainAt = new WeakMap<Redis, number>();

/** Milliseconds since a lost connection came back: Infinity when it was never lost, negative while it is lost. */
export function foundAgainForMs(redis: Redis): number {
  return performance.now() - (foundAgainAt.get(redis) ?? -Infinity);
}

/** Why a connection is lost at the moment, for people. */
const whyAway = new WeakMap<Redis, string>();

/** Logs the loss and the return of a connection, each once. */
function watch(redis: Redis, name: string, place: RedisPlace): void {
  let away = false;
  redis.on('error', (error: Error) => {
    whyAway.set(redis, awayText(place, error));
    if (away) return;
    away = true;
    log.warn({ connection: name, error: error.message }, 'Redis is away; reconnecting');
  });
  redis.on('close', () => {
    foundAgainAt.set(redis, Infinity);
    if (!whyAway.has(redis)) whyAway.set(redis, awayText(place, new Error('the connection broke')));
  });
  redis.on('ready', () => {
    if (foundAgainAt.has(redis)) foundAgainAt.set(redis, performance.now());
    whyAway.delete(redis);
    if (away) log.info({ connection: name }, 'Redis is back');
    away = false;
  });
}

function awayText(place: RedisPlace, { message }: Error): string {
  return place.kind === 'server' ? message : `no master of ${place.master} can be reached: ${message}`;
}

/**
 * Resolves to where Redis is, and rejects unless Redis takes writes: a replica answers questions too. Needs no memory
 * of Redis, which may be full.
 */
export async function checkWrites(redis: Redis): Promise<string> {
  throwWhenAway(redis);
  await redis.unlink(keys.readiness).catch((error: unknown) => {
    throwWhenAway(redis);
    throw error;
  });
  return placeOf(redis);
}

function throwWhenAway(redis: Redis): void {
  const away = whyAway.get(redis);
  if (away !== undefined) throw new Error(away);
}

/** The address of the server that a connection leads to, and who named it. */
export function placeOf(redis: Redis): string {
  const { remoteAddress = 'nowhere', remotePort = '' } = redis.stream;
  const address = `${remoteAddress}:${remotePort}`;
  return redis.options.sentinels ? `${address}, master of ${redis.options.name} by its Sentinels` : address;
}

/** Redis' clock in milliseconds since the epoch: what is stored carries its time. */
export async function redisNow(redis: Redis): Promise<number> {
  const [seconds, micros] = await redis.time();
  return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
}
