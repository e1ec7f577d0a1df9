import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectRedis } from '#shared/redis/connect.ts';
import { mixedPlans, startLoad } from '../rig/load.ts';
import { startRig, type Rig } from '../rig/rig.ts';
import { deaths, settleAndCheck } from '../rig/settle.ts';
import { drawOf, judge, type FaultOptions, type FaultResult, type FaultTest } from '../suite.ts';

/**
 * Asks questions for some minutes without a restart, and prints how the memory of each process and of Redis grows.
 * Heaps are kept small.
 */
export const soak: FaultTest = { name: 'R14', title: 'memory over a soak, in minutes', full: 10, quick: 0, run };

const samplesPerMinute = 6;
const pageBytes = 4_096;
/** For old objects, in MB. An idle worker has about 40. */
const heapMb = 96;

type Sample = Record<string, number>;

async function run({ seed, size, say }: FaultOptions): Promise<FaultResult> {
  // What a process keeps for good must fit beside its work: a process that keeps something of every run ends by itself.
  await using rig = await startRig({ workers: 2, chunkDelayMs: 0, flags: [`--max-old-space-size=${heapMb}`] });
  const redis = connectRedis(rig.redisUrl, 'soak');
  await using _ = { [Symbol.asyncDispose]: async () => redis.disconnect() };
  const load = startLoad(rig, 15, mixedPlans(drawOf(seed + 1)));
  const samples: Sample[] = [];
  for (let at = 0; at < size * samplesPerMinute; at += 1) {
    await sleep(60_000 / samplesPerMinute);
    const memory = /used_memory:(\d+)/.exec(await redis.info('memory'))?.[1];
    samples.push({ ...processesOf(rig), Redis: Number(memory) });
    if (at % samplesPerMinute === samplesPerMinute - 1)
      say(`${rig.ledger.cases.size} questions; ${shown(samples.at(-1))}`);
  }
  await load.stop();
  const verdict = await settleAndCheck(rig, say);
  const cases = rig.ledger.cases.size;
  return judge({
    test: 'R14 soak',
    hits: { minutes: size },
    atLeast: { minutes: size },
    verdict,
    notes: [
      `after the first third: ${shown(samples[Math.floor(samples.length / 3)])}`,
      `at the end, after ${cases} questions: ${shown(samples.at(-1))}`,
    ],
    further: deaths(rig),
  });
}

function processesOf(rig: Rig): Sample {
  const pids: Record<string, number | undefined> = {
    ingress: rig.ingress.current()?.pid,
    'tool-runner': rig.runner.current()?.pid,
  };
  for (const [at, { process }] of rig.workers.ready().entries()) pids[`worker ${at + 1}`] = process.pid;
  return Object.fromEntries(
    Object.entries(pids).map(([name, pid]) => [name, pid === undefined ? 0 : residentBytes(pid)]),
  );
}

function residentBytes(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * pageBytes;
}

function shown(sample: Sample = {}): string {
  return Object.entries(sample)
    .map(([name, bytes]) => `${name} ${Math.round(bytes / 1e6)} MB`)
    .join(', ');
}
