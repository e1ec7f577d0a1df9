import type { ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort } from './ports.ts';
import { createRedisFront, type RedisFront } from './redis-front.ts';
import { endedAtStart, killRedis, spawnRedis } from './redis-server.ts';

/** One Redis of a group. Others reach it only through its front. */
export interface GroupNode {
  port: number;
  front: RedisFront;
  /** For the test itself; it goes past the front. */
  redis: Redis;
  pid(): number | undefined;
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** A master, its replicas and the Sentinels that watch them, each a process of its own on loopback, all with passwords. */
export interface TestSentinels extends AsyncDisposable {
  /** What REDIS_URL says. */
  url: string;
  nodes: GroupNode[];
  sentinels: Redis[];
  /** The node that the Sentinels name as master. Rejects when they name different ones. */
  master(): Promise<GroupNode>;
  /** Resolves with the new master, once all Sentinels name another one than `old` and it takes writes. */
  successor(old: GroupNode): Promise<GroupNode>;
  /** Resolves when there is a master, its replicas follow it and have everything, and all Sentinels know them. */
  whole(): Promise<void>;
  /**
   * Does a failover as an operator orders it: holds writes until the replicas have everything, then `SENTINEL
   * FAILOVER`.
   */
  failOver(): Promise<GroupNode>;
}

export const groupName = 'dragoman';
const password = 'of-the-group';
const sentinelPassword = 'of-the-sentinels';
const patienceMs = 90_000;

export async function startTestSentinels(
  options: { replicas?: number; sentinels?: number } = {},
): Promise<TestSentinels> {
  await using building = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), 'dragoman-sentinels-'));
  building.defer(() => rm(folder, { recursive: true, force: true }));
  const nodes: GroupNode[] = [];
  for (let at = 0; at <= (options.replicas ?? 2); at += 1) {
    nodes.push(building.use(await startNode(path.join(folder, `node-${at}`), nodes[0]?.port)));
  }
  const [first] = nodes;
  if (!first) throw new Error('a group has a master');
  const watching = Array.from({ length: options.sentinels ?? 3 }, (_, at) =>
    startSentinel(path.join(folder, `sentinel-${at}`), first.port),
  );
  const sentinels = (await Promise.all(watching)).map((each) => building.use(each));
  const group = control(
    nodes,
    sentinels.map(({ redis }) => redis),
  );
  await group.whole();
  const hosts = sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',');
  const built = building.move();
  return {
    ...group,
    url: `redis+sentinel://:${password}@${hosts}/${groupName}?sentinelPassword=${sentinelPassword}`,
    [Symbol.asyncDispose]: () => built.disposeAsync(),
  };
}

function control(nodes: GroupNode[], sentinels: Redis[]): Omit<TestSentinels, 'url' | typeof Symbol.asyncDispose> {
  async function master(): Promise<GroupNode> {
    const told = await Promise.all(
      sentinels.map((each) => each.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', groupName)),
    );
    const ports = new Set(told.map((address) => (address as string[])[1]));
    const found = nodes.find(({ port }) => ports.has(String(port)));
    if (ports.size !== 1 || !found) throw new Error(`the Sentinels name ${[...ports].join(' and ')}`);
    return found;
  }
  const settled = async (): Promise<boolean> => {
    const { redis } = await master();
    const info = await redis.info('replication');
    const offsets = [...info.matchAll(/^slave\d+:.*state=online,offset=(\d+)/gm)].map(([, offset]) => offset);
    const known = await Promise.all(sentinels.map((each) => knows(each, nodes.length - 1, sentinels.length)));
    const mine = /^master_repl_offset:(\d+)/m.exec(info)?.[1];
    return offsets.length === nodes.length - 1 && mine !== undefined && known.every(Boolean);
  };
  const successor = async (old: GroupNode): Promise<GroupNode> => {
    await until(async () => (await master()) !== old && (await isMaster(await master())), 'no other master');
    return master();
  };
  return {
    nodes,
    sentinels,
    master,
    successor,
    whole: () => until(settled, 'the group does not come together'),
    async failOver() {
      const old = await master();
      // docs/operations.md names this order.
      await old.redis.call('CLIENT', 'PAUSE', '20000', 'WRITE');
      await until(() => caughtUp(old, nodes.length - 1), 'replicas do not catch up');
      await sentinels[0]?.call('SENTINEL', 'FAILOVER', groupName);
      return successor(old);
    },
  };
}

async function caughtUp({ redis }: GroupNode, replicas: number): Promise<boolean> {
  const info = await redis.info('replication');
  const mine = Number(/^master_repl_offset:(\d+)/m.exec(info)?.[1]);
  const theirs = [...info.matchAll(/^slave\d+:.*offset=(\d+)/gm)].map(([, offset]) => Number(offset));
  return theirs.length === replicas && theirs.every((offset) => offset >= mine);
}

async function isMaster({ redis }: GroupNode): Promise<boolean> {
  return (await redis.info('replication')).includes('role:master');
}

/** Whether a Sentinel knows the replicas as healthy, and knows the other Sentinels. */
async function knows(sentinel: Redis, replicas: number, sentinels: number): Promise<boolean> {
  const [found] = (await sentinel.call('SENTINEL', 'MASTERS')) as string[][];
  const told = Object.fromEntries(pairs(found ?? []));
  const followers = (await sentinel.call('SENTINEL', 'REPLICAS', groupName)) as string[][];
  const well = followers
    .map((each) => Object.fromEntries(pairs(each)))
    .filter((each) => each['flags'] === 'slave' && each['master-link-status'] === 'ok');
  return (
    well.length === replicas && told['flags'] === 'master' && Number(told['num-other-sentinels']) === sentinels - 1
  );
}

/** Pairs from a RESP3 map, which arrives flat. */
function pairs(flat: string[]): [string, string][] {
  return Array.from({ length: flat.length / 2 }, (_, at) => [flat[at * 2] ?? '', flat[at * 2 + 1] ?? '']);
}

async function until(condition: () => Promise<boolean>, otherwise: string): Promise<void> {
  const end = Date.now() + patienceMs;
  let last: unknown;
  while (Date.now() < end) {
    try {
      if (await condition()) return;
    } catch (error) {
      last = error;
    }
    await sleep(100);
  }
  throw new Error(otherwise, { cause: last });
}

async function startNode(folder: string, masterPort: number | undefined): Promise<GroupNode & AsyncDisposable> {
  await mkdir(folder);
  const own = await freePort();
  const front = createRedisFront(await freePort(), own);
  const file = path.join(folder, 'redis.conf');
  // Sentinels write into this file who is whose replica.
  await writeFile(
    file,
    [
      `port ${own}`,
      'bind 127.0.0.1',
      `dir ${folder}`,
      'appendonly yes',
      'appendfsync always',
      'save ""',
      'maxmemory-policy noeviction',
      `requirepass ${password}`,
      `masterauth ${password}`,
      'replica-announce-ip 127.0.0.1',
      `replica-announce-port ${front.port}`,
      'repl-diskless-sync-delay 0',
      ...(masterPort === undefined ? [] : [`replicaof 127.0.0.1 ${masterPort}`]),
      '',
    ].join('\n'),
  );
  let child: ChildProcess | undefined;
  const redis = connect(own, password);
  const start = async (): Promise<void> => {
    child = spawnRedis([file]);
    await Promise.race([redis.ping(), endedAtStart(child)]);
    await front.open();
  };
  const kill = async (): Promise<void> => {
    const current = child;
    child = undefined;
    await killRedis(current);
    await front.close();
  };
  await start();
  return {
    port: front.port,
    front,
    redis,
    start,
    kill,
    pid: () => child?.pid,
    async [Symbol.asyncDispose]() {
      redis.disconnect();
      await kill();
    },
  };
}

async function startSentinel(
  folder: string,
  masterPort: number,
): Promise<{ port: number; redis: Redis } & AsyncDisposable> {
  await mkdir(folder);
  const port = await freePort();
  const file = path.join(folder, 'sentinel.conf');
  await writeFile(
    file,
    [
      `port ${port}`,
      'bind 127.0.0.1',
      `dir ${folder}`,
      `requirepass ${sentinelPassword}`,
      `sentinel sentinel-pass ${sentinelPassword}`,
      `sentinel monitor ${groupName} 127.0.0.1 ${masterPort} 2`,
      `sentinel auth-pass ${groupName} ${password}`,
      `sentinel down-after-milliseconds ${groupName} 2000`,
      `sentinel failover-timeout ${groupName} 10000`,
      `sentinel parallel-syncs ${groupName} 2`,
      '',
    ].join('\n'),
  );
  const child = spawnRedis([file, '--sentinel']);
  const redis = connect(port, sentinelPassword);
  await Promise.race([redis.ping(), endedAtStart(child)]);
  return {
    port,
    redis,
    async [Symbol.asyncDispose]() {
      redis.disconnect();
      await killRedis(child);
    },
  };
}

function connect(port: number, secret: string): Redis {
  const redis = new Redis({
    port,
    host: '127.0.0.1',
    password: secret,
    maxRetriesPerRequest: null,
    retryStrategy: () => 100,
  });
  return redis.on('error', () => undefined);
}
