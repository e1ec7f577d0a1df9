import type { RedisOptions } from 'ioredis';

/** Leaves out `replyMapping`, whose type decides the type of the connection. */
export type ConnectionOptions = Omit<RedisOptions, 'replyMapping'>;

/** A master that Sentinels watch. */
export interface SentinelPlace {
  kind: 'sentinel';
  /** The name by which the Sentinels know it. */
  master: string;
  sentinels: { host: string; port: number }[];
  /** What ioredis is told about both, except how it tries again. */
  options: ConnectionOptions;
}

/** Where Redis is, read from `REDIS_URL`. */
export type RedisPlace = { kind: 'server'; url: string } | SentinelPlace;

const sentinelPort = 26_379;
const sentinelUrl =
  /^(?<scheme>rediss?)\+sentinel:\/\/(?:(?<who>[^@/]*)@)?(?<hosts>[^@/?]+)\/(?<master>[^/?]+)(?:\/(?<db>\d+))?(?:\?(?<query>.*))?$/;
const queryNames = ['sentinelUser', 'sentinelPassword'];

/**
 * Reads `redis[s]://[user:password@]host[:port][/db]`, or
 * `redis[s]+sentinel://[user:password@]host[:port],…/master[/db][?sentinelUser=…&sentinelPassword=…]`: several
 * Sentinels, and the name of the master that they watch. With `rediss+sentinel` both they and Redis use TLS. Throws
 * TypeError that says what is wrong without showing secrets.
 */
export function parseRedisUrl(url: string): RedisPlace {
  if (/^rediss?:\/\//.test(url)) {
    if (!URL.canParse(url))
      throw new TypeError('is no address: special characters of a password are written as %40 and the like');
    return { kind: 'server', url };
  }
  if (!/^rediss?\+sentinel:\/\//.test(url)) {
    throw new TypeError('must begin with redis://, rediss://, redis+sentinel:// or rediss+sentinel://');
  }
  const parts = sentinelUrl.exec(url)?.groups;
  if (!parts) throw new TypeError('must be like redis+sentinel://:password@host:26379,host:26379/master');
  const { scheme, who = '', hosts = '', master = '', db, query = '' } = parts;
  const sentinels = hosts.split(',').map(readHost);
  return {
    kind: 'sentinel',
    master: decode(master),
    sentinels,
    options: {
      sentinels,
      name: decode(master),
      ...secrets(who, query),
      ...(db === undefined ? {} : { db: Number(db) }),
      ...(scheme === 'rediss' ? overTls : {}),
    },
  };
}

const overTls = { tls: {}, enableTLSForSentinelMode: true, sentinelTLS: {} };

function readHost(text: string): { host: string; port: number } {
  const found = /^(?:\[(?<six>[\da-f:.]+)\]|(?<host>[^\s:[\]]+))(?::(?<port>\d{1,5}))?$/i.exec(text)?.groups;
  const host = found?.['six'] ?? found?.['host'];
  if (host === undefined) throw new TypeError('names a Sentinel that is no host or host:port');
  return { host, port: Number(found?.['port'] ?? sentinelPort) };
}

/** `who` is `user:password`, `:password` or nothing. */
function secrets(who: string, query: string): ConnectionOptions {
  const given = new URLSearchParams(query);
  const unknown = [...given.keys()].find((name) => !queryNames.includes(name));
  if (unknown !== undefined) throw new TypeError(`has ${unknown}, which is none of ${queryNames.join(' and ')}`);
  const [user = '', ...rest] = who.split(':');
  const found = {
    username: decode(user),
    password: decode(rest.join(':')),
    sentinelUsername: given.get('sentinelUser') ?? '',
    sentinelPassword: given.get('sentinelPassword') ?? '',
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== ''));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new TypeError('has a % that no two hexadecimal digits follow');
  }
}

/** The address for people: where Redis is, without credentials. */
export function withoutPassword(url: string): string {
  return url
    .replace(/\/\/[^@/]*@/, '//')
    .replace(/\?.*$/, '')
    .replace(/\/$/, '');
}
