import { globSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectStack } from '#services/cli/stack.ts';
import { startPlayground, type Playground } from '#services/playground/start.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { startServiceProcess } from '#test/lib/service-process.ts';
import { startTestRedis, type TestRedis } from '#test/lib/redis.ts';
import { startPlayedModel, type PlayedModel } from '#test/model/played-model.ts';

// Runs each main.ts with real Node. It must say that it is ready, answer /healthz, /readyz and /metrics, and end with
// code 0 at SIGTERM. It must end by itself, so a handle that was left open fails here.

const signingKey = 'a-signing-key-for-the-boot-tests-only';
/** These are no services: they do something and end. */
const programs = ['services/cli/main.ts', 'services/setup/main.ts'];

const oneReplica = { REDIS_WAIT_REPLICAS: '1' };
const ingressConnections = ['ingress', 'ingress-door', 'subscriber', 'follower', 'BullMQ'];

let redis: TestRedis;
let model: PlayedModel;
let playground: Playground;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dragoman-boot-'));
  [redis, model, playground] = await Promise.all([startTestRedis(), startPlayedModel(), startPlayground()]);
});

afterAll(async () => {
  await Promise.all([redis, model, playground].map((each) => each?.[Symbol.asyncDispose]()));
  await rm(folder, { recursive: true, force: true });
});

const environments: Record<string, () => Record<string, string>> = {
  'services/worker/main.ts': () => ({
    REDIS_URL: redis.url,
    DRAGOMAN_SIGNING_KEY: signingKey,
    LITELLM_API_BASE: model.url,
    MODEL_NAME: 'played',
    TOOL_RUNNERS: '',
  }),
  'services/ingress/main.ts': () => ({
    REDIS_URL: redis.url,
    DRAGOMAN_SIGNING_KEY: signingKey,
    DISCORD_TOKEN: playground.token,
    DISCORD_API_BASE: playground.url,
  }),
  'services/api/main.ts': () => ({ REDIS_URL: redis.url, LITELLM_API_BASE: model.url, API_PORT: '0' }),
  'services/playground/main.ts': () => ({ PLAYGROUND_PORT: '0' }),
  'services/tool-runner/main.ts': () => ({
    DRAGOMAN_SIGNING_KEY: signingKey,
    MCP_SERVER: 'filesystem',
    FILESYSTEM_ROOT: folder,
    HOST: '127.0.0.1',
    PORT: '0',
  }),
  'litellm/offline/main.ts': () => ({ HOST: '127.0.0.1', PORT: '0' }),
};

describe('every service', () => {
  it('has its boot test here', () => {
    const services = globSync(['services/*/main.ts', 'litellm/*/main.ts']).filter((file) => !programs.includes(file));
    expect(services.toSorted()).toEqual(Object.keys(environments).toSorted());
  });

  it.each(Object.keys(environments))('%s starts, answers and ends', async (script) => {
    await using service = await startServiceProcess(script, environments[script]?.() ?? {});
    const base = new URL('/', service.addresses['metrics']);
    const read = (where: string) => fetch(new URL(where, base)).then((response) => response.status);
    expect(await read('/healthz')).toBe(200);
    await expect.poll(() => read('/readyz')).toBe(200);
    expect(await (await fetch(new URL('/metrics', base))).text()).toContain('process_cpu_seconds_total');
    expect(await service.stop(), service.output()).toEqual({ code: 0, signal: null });
  });

  it.each(['services/worker/main.ts', 'services/ingress/main.ts', 'services/api/main.ts'])(
    '%s ends while Redis is away',
    async (script) => {
      await using lost = await startTestRedis();
      await using service = await startServiceProcess(script, { ...environments[script]?.(), REDIS_URL: lost.url });
      await lost.kill();
      expect(await service.stop(), service.output()).toEqual({ code: 0, signal: null });
    },
  );

  it.each([
    ['services/worker/main.ts', {}, ['worker', 'subscriber', 'BullMQ']],
    ['services/worker/main.ts', oneReplica, ['worker', 'subscriber', 'BullMQ', 'replication']],
    ['services/ingress/main.ts', {}, ingressConnections],
    ['services/ingress/main.ts', oneReplica, [...ingressConnections, 'replication']],
    ['services/api/main.ts', {}, ['api', 'api-follower', 'follower']],
    ['services/api/main.ts', oneReplica, ['api', 'api-follower', 'follower', 'replication']],
    ['services/tool-runner/main.ts', {}, []],
  ])('%s %j has few connections to Redis, each with its name', async (script, further, names) => {
    await using own = await startTestRedis();
    const environment = { ...environments[script]?.(), REDIS_URL: own.url, ...further };
    await using service = await startServiceProcess(script, environment);
    await expect.poll(() => connectionsOf(own)).toEqual(names.toSorted());
    expect(await service.stop(), service.output()).toEqual({ code: 0, signal: null });
  });

  it('a terminal has two connections to Redis', async () => {
    await using own = await startTestRedis();
    await using _ = await connectStack({ REDIS_URL: own.url });
    await expect.poll(() => connectionsOf(own)).toEqual(['cli', 'follower']);
  });

  it.each(['worker', 'ingress', 'tool-runner'])('%s names what is missing from its configuration', async (name) => {
    const start = startServiceProcess(`services/${name}/main.ts`, {});
    const wanted = { worker: 'DRAGOMAN_SIGNING_KEY', ingress: 'DISCORD_TOKEN', 'tool-runner': 'MCP_SERVER' }[name];
    await expect(start).rejects.toThrow(`ended (78)`);
    await expect(start).rejects.toThrow(`${wanted} is not set`);
  });
});

/**
 * The names of all connections to a Redis, without the test's own. BullMQ itself names the one on which it waits for
 * jobs.
 */
async function connectionsOf({ url }: TestRedis): Promise<string[]> {
  const redis = connectRedis(url, 'test');
  try {
    const list = String(await redis.client('LIST'));
    const names = [...list.matchAll(/ name=(\S*)/g)].map(([, name = '']) => name);
    return names
      .filter((name) => name !== 'dragoman-test')
      .map((name) => (name.startsWith('{dragoman}:') ? 'BullMQ' : name.replace('dragoman-', '')))
      .toSorted();
  } finally {
    redis.disconnect();
  }
}
