import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { prefix } from '#shared/redis/keys.ts';
import { nextFreePort } from '#shared/ground/ports.ts';
import { freePort } from '#test/lib/ports.ts';
import { endedAtStart, killRedis, spawnRedis } from '#test/lib/redis-server.ts';

export interface TestCluster extends AsyncDisposable {
  /** Addresses of all masters. */
  urls: string[];
  /** Address of the master whose slots hold Dragoman's keys. */
  ownerUrl: string;
}

const slots = 16_384;

/** A real Redis Cluster of three masters on loopback. Rejects when there is no server. */
export async function startTestCluster(): Promise<TestCluster> {
  await using building = new AsyncDisposableStack();
  const nodes = await Promise.all([0, 1, 2].map(startNode));
  for (const node of nodes) building.use(node);
  const share = Math.ceil(slots / nodes.length);
  for (const [index, { redis }] of nodes.entries()) {
    const last = Math.min((index + 1) * share, slots) - 1;
    await redis.call('CLUSTER', 'ADDSLOTSRANGE', index * share, last);
    await redis.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
  }
  for (const { port } of nodes.slice(1)) await nodes[0]?.redis.call('CLUSTER', 'MEET', '127.0.0.1', port);
  for (const { redis } of nodes) await whole(redis);
  const slot = Number(await nodes[0]?.redis.call('CLUSTER', 'KEYSLOT', `${prefix}:any`));
  const owner = nodes[Math.floor(slot / share)];
  if (!owner) throw new Error(`nobody has slot ${slot}`);
  const built = building.move();
  return {
    urls: nodes.map(({ url }) => url),
    ownerUrl: owner.url,
    [Symbol.asyncDispose]: () => built.disposeAsync(),
  };
}

interface Node extends AsyncDisposable {
  port: number;
  url: string;
  redis: Redis;
}

async function startNode(): Promise<Node> {
  const port = await portWithBus();
  const folder = await mkdtemp(path.join(tmpdir(), 'dragoman-cluster-'));
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--cluster-enabled', 'yes'];
  const child = spawnRedis([...options, '--appendonly', 'no', '--save', '']);
  const redis = new Redis({ port, host: '127.0.0.1', maxRetriesPerRequest: null, retryStrategy: () => 100 });
  redis.on('error', () => undefined);
  await Promise.race([redis.ping(), endedAtStart(child)]);
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    redis,
    async [Symbol.asyncDispose]() {
      redis.disconnect();
      await killRedis(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The nodes talk on port + 10000, so that port must be free as well. */
async function portWithBus(): Promise<number> {
  for (;;) {
    const port = await freePort();
    const bus = port + 10_000;
    if (bus < 32_768 && (await nextFreePort(bus)) === bus) return port;
  }
}

async function whole(redis: Redis): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    const info = String(await redis.call('CLUSTER', 'INFO'));
    if (info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:3')) return;
    await sleep(100);
  }
  throw new Error('the cluster does not come together');
}
