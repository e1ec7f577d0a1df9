import { Redis } from 'ioredis';
import { createLogger } from '#shared/process/log.ts';
import type { SentinelPlace } from './url.ts';

const log = createLogger('redis');

interface Watch {
  sentinels: Redis[];
  members: Set<Redis>;
}

/** The watches of this process, by master and Sentinels. */
const watches = new Map<string, Watch>();

/**
 * Leaves a master as soon as a Sentinel says that another one has taken its place. A master whose machine has vanished
 * closes no connection, and a write to it would wait for a quarter of an hour. All connections of a process share one
 * to each Sentinel.
 */
export function watchFailovers(redis: Redis, place: SentinelPlace, again: (attempt: number) => number | null): void {
  const key = JSON.stringify([place.master, place.sentinels]);
  const watch = watches.get(key) ?? { sentinels: [], members: new Set() };
  watches.set(key, watch);
  if (watch.members.size === 0) {
    watch.sentinels = place.sentinels.map((sentinel) => {
      const client = connectSentinel(place, sentinel, 'failovers', again);
      client.on('message', (_, message: string) => leave(watch.members, place.master, message));
      client.subscribe('+switch-master').catch(() => undefined);
      return client;
    });
  }
  watch.members.add(redis);
  redis.once('end', () => {
    watch.members.delete(redis);
    if (watch.members.size > 0) return;
    watches.delete(key);
    for (const client of watch.sentinels) client.disconnect();
  });
}

/**
 * A connection to one Sentinel. `again` gives milliseconds to the next try, null for none. Failures reject commands and
 * are not logged.
 */
export function connectSentinel(
  place: SentinelPlace,
  sentinel: SentinelPlace['sentinels'][number],
  name: string,
  again: (attempt: number) => number | null,
): Redis {
  const { sentinelUsername, sentinelPassword, sentinelTLS } = place.options;
  const client = new Redis({
    ...sentinel,
    ...(sentinelUsername !== undefined && { username: sentinelUsername }),
    ...(sentinelPassword !== undefined && { password: sentinelPassword }),
    ...(sentinelTLS !== undefined && { tls: sentinelTLS }),
    connectionName: `dragoman-${name}`,
    enableReadyCheck: false,
    keepAlive: 10_000,
    maxRetriesPerRequest: null,
    retryStrategy: again,
  });
  client.on('error', (error: Error) => log.debug({ ...sentinel, error: error.message }, 'a Sentinel is away'));
  return client;
}

/** `message` holds the name of the master, old host and port, new host and port. */
function leave(members: Iterable<Redis>, master: string, message: string): void {
  const [name, , , host, port] = message.split(' ');
  if (name !== master) return;
  for (const redis of members) {
    // Every Sentinel sends the message; a connection that has reached the new master by then stays.
    const { remoteAddress, remotePort } = redis.stream ?? {};
    if (redis.status !== 'ready' || (remoteAddress === host && String(remotePort) === port)) continue;
    log.info({ master, connection: redis.options.connectionName }, 'leaving the old master');
    redis.disconnect(true);
  }
}
