import { setTimeout as sleep } from 'node:timers/promises';
import { createApiKey } from '#shared/rights/api-keys.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { startTestRedis } from '#test/lib/redis.ts';
import { countByConnection, listCommands, perRun } from './commands.ts';
import { startProduct } from './pipelines.ts';
import { memoryMb, startProcess } from './processes.ts';
import { median, percentile, table } from './stats.ts';

export interface HttpSizes {
  /** Questions each way before anything is measured, so that no figure is one of cold code. */
  warmUp: number;
  /** Questions one after the other, each way. */
  serial: number;
  /** Long streams, each way. */
  streams: number;
  /** Questions at once, and how many in all. */
  inFlight: number;
  saturation: number;
  /** Streams that wait. */
  idle: number;
}

interface Way {
  name: string;
  url: string;
  key: string;
}

/**
 * The HTTP door beside the model asked directly and beside a bare Express proxy, in turns: time to the first text,
 * speed of a long stream, answers a second at saturation, memory of a stream that waits.
 */
export async function measureHttp(
  sizes: HttpSizes,
  { modelUrl, workspace }: { modelUrl: string; workspace: string },
  say: (text: string) => void,
): Promise<string> {
  await using redis = await startTestRedis({ durable: true });
  await using _product = await startProduct({ redisUrl: redis.url, modelUrl, workspace, expected: '' });
  await using proxy = await startProcess(
    'test/bench/minimal/proxy.ts',
    { MODEL_URL: modelUrl },
    (line) => line['ready'] === true,
  );
  await using door = await startProcess(
    'services/api/main.ts',
    {
      REDIS_URL: redis.url,
      LITELLM_API_BASE: `${modelUrl}/v1`,
      MODEL_NAME: 'bench',
      API_PORT: '0',
      API_STREAMS_PER_KEY: '10000',
      API_MAX_PENDING: '10000',
      API_REQUESTS_PER_MINUTE: '1000000',
      METRICS_PORT: '0',
      METRICS_HOST: '127.0.0.1',
    },
    (line) => line['msg'] === 'ready',
  );
  const key = await makeKey(redis.url);
  const { api } = door.ready['addresses'] as { api: string };
  const ways: Record<'direct' | 'proxy' | 'dragoman', Way> = {
    direct: { name: 'model, directly', url: modelUrl, key },
    proxy: { name: 'Express proxy', url: String(proxy.ready['url']), key },
    dragoman: { name: 'dragoman', url: new URL(api).origin, key },
  };
  const all = Object.values(ways);

  say(`warming up with ${sizes.warmUp} questions each way`);
  for (const way of all) await saturate(way, { inFlight: 32, saturation: sizes.warmUp });
  say('time to the first text');
  const first = await alternate(all, sizes.serial, async (way) => (await ask(way, 'short')).firstMs);
  say('long streams');
  const speed = await alternate(all, sizes.streams, async (way) => {
    const { ms, chars } = await ask(way, 'long');
    return chars / ms;
  });
  say('as many as they can');
  const rates = await alternate([ways.proxy, ways.dragoman], 3, (way) => saturate(way, sizes));
  say('Redis commands');
  const commands = await commandsOfOne(ways.dragoman, redis.url);
  say('streams that wait');
  const idleKb = await memoryOfIdle(ways.dragoman, door.pid, sizes.idle);

  const p = (values: number[] | undefined, share: number) => percentile(values ?? [], share);
  const added = (share: number) => p(first.get(ways.dragoman), share) - p(first.get(ways.direct), share);
  const ratio = (of: Map<Way, number[]>, way: Way, to: Way) => median(of.get(way) ?? []) / median(of.get(to) ?? []);
  const figures = table([
    [`the HTTP door, after ${sizes.warmUp} questions each way`, 'measured', 'to reach'],
    [
      'time to the first text, p50 / p99, ms, model directly',
      `${ms(p(first.get(ways.direct), 0.5))} / ${ms(p(first.get(ways.direct), 0.99))}`,
      '',
    ],
    ['… added by an Express proxy, p50, ms', ms(p(first.get(ways.proxy), 0.5) - p(first.get(ways.direct), 0.5)), ''],
    ['… added by dragoman, p50 / p99, ms', `${ms(added(0.5))} / ${ms(added(0.99))}`, '< 8 at p50'],
    ['text of a long stream, of the direct speed', ratio(speed, ways.dragoman, ways.direct).toFixed(2), '>= 0.95'],
    [
      'answers a second at saturation, of an Express proxy',
      ratio(rates, ways.dragoman, ways.proxy).toFixed(2),
      '>= 0.6',
    ],
    ['memory of a stream that waits, KB', idleKb.toFixed(0), '< 60'],
  ]);
  return `${figures}\n\nRedis commands of one question over HTTP without a tool\n${commands}`;
}

/** Redis commands of one question, by connection, as the mean of some that are asked one after the other. */
async function commandsOfOne(way: Way, redisUrl: string): Promise<string> {
  const idleMs = 3_000;
  const runs = 40;
  // What was asked before comes to its end.
  await sleep(1_000);
  const idle = await countByConnection(redisUrl, () => sleep(idleMs));
  const started = performance.now();
  const busy = await countByConnection(redisUrl, async () => {
    for (let index = 0; index < runs; index += 1) await ask(way, 'short');
  });
  return listCommands(perRun(busy, idle, { runs, share: (performance.now() - started) / idleMs }));
}

function ms(value: number): string {
  return value.toFixed(1);
}

async function makeKey(redisUrl: string): Promise<string> {
  const redis = connectRedis(redisUrl, 'bench');
  try {
    return (await createApiKey(redis, { name: 'bench', roles: ['member'] })).key;
  } finally {
    redis.disconnect();
  }
}

interface Timed {
  /** Milliseconds to the first text, and to the end. */
  firstMs: number;
  ms: number;
  chars: number;
}

async function ask({ url, key }: Way, what: 'short' | 'long' | 'never', signal?: AbortSignal): Promise<Timed> {
  const start = performance.now();
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ model: 'bench', stream: true, messages: [{ role: 'user', content: `http-${what}` }] }),
    ...(signal && { signal }),
  });
  if (!response.ok || !response.body) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  let firstMs = 0;
  let text = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (firstMs === 0 && /"content":"[^"]/.test(text)) firstMs = performance.now() - start;
  }
  if (!text.includes('[DONE]')) throw new Error(`${url}: a stream without an end: ${text.slice(-300)}`);
  const contents = text.matchAll(/"content":"((?:[^"\\]|\\.)*)"/g);
  const chars = [...contents].reduce((sum, [, each = '']) => sum + each.length, 0);
  return { firstMs, ms: performance.now() - start, chars };
}

/** Measures the ways in turns, so that a busy moment of the machine meets all of them. */
async function alternate(
  ways: Way[],
  times: number,
  measure: (way: Way) => Promise<number>,
): Promise<Map<Way, number[]>> {
  const values = new Map<Way, number[]>(ways.map((way) => [way, []]));
  for (let round = 0; round < times; round += 1) {
    for (const way of ways) values.get(way)?.push(await measure(way));
  }
  return values;
}

/** Answers a second with `inFlight` questions at once. */
async function saturate(
  way: Way,
  { inFlight, saturation }: Pick<HttpSizes, 'inFlight' | 'saturation'>,
): Promise<number> {
  let left = saturation;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (left > 0) {
        left -= 1;
        await ask(way, 'short');
      }
    }),
  );
  return (saturation / (performance.now() - start)) * 1_000;
}

/** Kilobytes that each of `count` streams takes whose run waits for the model. */
async function memoryOfIdle(way: Way, pid: number, count: number): Promise<number> {
  await openIdle(way, count);
  const before = memoryMb(pid);
  const { after } = await openIdle(way, count, () => memoryMb(pid));
  return ((after - before) * 1_024) / count;
}

/** Opens streams and leaves them again. The first time shows what the process needs once for so many. */
async function openIdle(way: Way, count: number, measure: () => number = () => 0): Promise<{ after: number }> {
  const leave = new AbortController();
  const waiting = Array.from({ length: count }, () => ask(way, 'never', leave.signal).catch(() => undefined));
  await sleep(5_000);
  const after = measure();
  leave.abort();
  await Promise.all(waiting);
  await sleep(2_000);
  return { after };
}
