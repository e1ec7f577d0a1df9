// npm run bench: the product beside the minimal pipeline, in one run, interleaved; ratios are what counts on a busy machine.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startTestRedis } from '#test/lib/redis.ts';
import { startMinimal, startProduct, type Pipeline } from './pipelines.ts';
import { cpuMs, startProcess } from './processes.ts';
import { median, percentile, table } from './stats.ts';

const words = Array.from({ length: 32 }, (_, index) => `word${index}`).join(' ');
const rules = {
  rules: [
    {
      match: 'bench',
      turns: [{ toolCalls: [{ name: 'read_file', arguments: { path: 'note.txt' } }] }, { text: words }],
    },
  ],
};
const sizes = process.argv.includes('--quick')
  ? { rounds: 3, serial: 20, saturation: 300, slow: 200 }
  : { rounds: 6, serial: 60, saturation: 1_500, slow: 600 };

interface Serial {
  p50: number;
  p99: number;
}

interface Load {
  perSecond: number;
  cpuPerRun: number;
  p50: number;
  p99: number;
}

/** One question after the other. */
async function serial(pipeline: Pipeline, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) times.push(await pipeline.ask('bench'));
  return times;
}

/** `inFlight` questions at any time. `modelMs`: what the model itself takes for a run, not counted as overhead. */
async function load(pipeline: Pipeline, count: number, inFlight: number, modelMs: number): Promise<Load> {
  const times: number[] = [];
  let left = count;
  const cpu = cpuMs(pipeline.workerPid);
  const start = performance.now();
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (left > 0) {
        left -= 1;
        times.push((await pipeline.ask('bench')) - modelMs);
      }
    }),
  );
  const seconds = (performance.now() - start) / 1_000;
  return {
    perSecond: count / seconds,
    cpuPerRun: (cpuMs(pipeline.workerPid) - cpu) / count,
    p50: median(times),
    p99: percentile(times, 0.99),
  };
}

async function main(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'dragoman-bench-'));
  await writeFile(path.join(folder, 'note.txt'), 'A note of some two hundred characters. '.repeat(5));
  await writeFile(path.join(folder, 'rules.json'), JSON.stringify(rules));
  await using redis = await startTestRedis({ durable: true });
  const isReady = (line: Record<string, unknown>) => line['ready'] === true;
  const modelEnv = { PLAYED_MODEL_RULES: path.join(folder, 'rules.json') };
  await using fast = await startProcess('test/model/main.ts', modelEnv, isReady);
  await using slow = await startProcess('test/model/main.ts', { ...modelEnv, PLAYED_MODEL_LATENCY_MS: '500' }, isReady);
  const backends = { redisUrl: redis.url, workspace: folder, expected: 'word31' };
  process.stderr.write(`sizes: ${JSON.stringify(sizes)}; Redis with appendfsync always for both\n`);

  const quick = { ...backends, modelUrl: originOf(String(fast.ready['url'])) };
  const [idle, saturated] = await compare(quick, async (pipelines) => {
    for (const pipeline of pipelines) await load(pipeline, 100, 10, 0);
    return [
      await interleavedSerial(pipelines),
      await eachInTurn(pipelines, (pipeline) => load(pipeline, sizes.saturation, 64, 0)),
    ] as const;
  });
  const patient = { ...backends, modelUrl: originOf(String(slow.ready['url'])) };
  const waiting = await compare(patient, (pipelines) =>
    eachInTurn(pipelines, (pipeline) => load(pipeline, sizes.slow, 200, 1_000)),
  );

  print(idle, saturated, waiting);
  await rm(folder, { recursive: true });
}

function originOf(url: string): string {
  return new URL(url).origin;
}

async function compare<T>(
  backends: Parameters<typeof startMinimal>[0],
  measure: (pipelines: [Pipeline, Pipeline]) => Promise<T>,
): Promise<T> {
  await using minimal = await startMinimal(backends);
  await using product = await startProduct(backends);
  return await measure([minimal, product]);
}

async function interleavedSerial(pipelines: Pipeline[]): Promise<Serial[]> {
  const times = pipelines.map((): number[] => []);
  for (let round = 0; round < sizes.rounds; round += 1) {
    for (const [index, pipeline] of pipelines.entries()) times[index]?.push(...(await serial(pipeline, sizes.serial)));
  }
  return times.map((values) => ({ p50: median(values), p99: percentile(values, 0.99) }));
}

async function eachInTurn<T>(pipelines: Pipeline[], measure: (pipeline: Pipeline) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (const pipeline of pipelines) results.push(await measure(pipeline));
  return results;
}

function print(idle: Serial[], saturated: Load[], waiting: Load[]): void {
  // Ideal: every slot is busy with the model all the time; the last round is not full, hence the ceiling.
  const ideal = sizes.slow / Math.ceil(sizes.slow / 200);
  const rows: [string, number | undefined, number | undefined][] = [
    ['one at a time: overhead p50, ms', idle[0]?.p50, idle[1]?.p50],
    ['one at a time: overhead p99, ms', idle[0]?.p99, idle[1]?.p99],
    ['64 in flight: runs per second', saturated[0]?.perSecond, saturated[1]?.perSecond],
    ['64 in flight: worker CPU, ms per run', saturated[0]?.cpuPerRun, saturated[1]?.cpuPerRun],
    ['200 in flight, model 500 ms: runs per second', waiting[0]?.perSecond, waiting[1]?.perSecond],
    ['200 in flight, model 500 ms: overhead p50, ms', waiting[0]?.p50, waiting[1]?.p50],
    ['200 in flight, model 500 ms: overhead p99, ms', waiting[0]?.p99, waiting[1]?.p99],
    ['200 in flight, model 500 ms: worker CPU, ms per run', waiting[0]?.cpuPerRun, waiting[1]?.cpuPerRun],
  ];
  const number = (value: number | undefined) => (value === undefined ? '-' : value.toFixed(value < 10 ? 2 : 0));
  const lines = rows.map(([name, minimal, product]) => [
    name,
    number(minimal),
    number(product),
    ((product ?? Number.NaN) / (minimal ?? Number.NaN)).toFixed(2),
  ]);
  process.stdout.write(`${table([['', 'minimal', 'dragoman', 'ratio'], ...lines])}\n`);
  const rate = waiting[1]?.perSecond ?? 0;
  process.stdout.write(
    `ideal rate with 200 in flight: ${ideal.toFixed(0)} runs/s; dragoman reaches ${((100 * rate) / ideal).toFixed(0)} %\n`,
  );
}

await main();
