import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Pipeline } from './pipelines.ts';
import { cpuMs } from './processes.ts';
import { median, percentile } from './stats.ts';

/** How many milliseconds of CPU one run takes, by process. */
export type CpuPerRun = Record<string, number>;

export interface Load {
  perSecond: number;
  answers: Answer[];
  cpu: CpuPerRun;
}

/**
 * Keeps `inFlight` questions open, until `count` were asked or `maxMs` has passed. `also` holds pids of what the
 * pipelines depend on, by name.
 */
export async function load(
  pipeline: Pipeline,
  count: number,
  inFlight: number,
  also: Record<string, number> = {},
  maxMs = Infinity,
): Promise<Load> {
  const answers: Answer[] = [];
  let left = count;
  const cpu = countCpu({ ...pipeline.pids, ...also });
  const start = performance.now();
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (left > 0 && performance.now() - start < maxMs) {
        left -= 1;
        answers.push(await pipeline.ask('bench'));
      }
    }),
  );
  const perSecond = (answers.length / (performance.now() - start)) * 1_000;
  return { perSecond, answers, cpu: cpu(answers.length) };
}

/**
 * Keeps `inFlight` questions open. They begin one after the other within `rampMs` and are counted only after twice that
 * time, so that the lasting state is measured and not the first burst.
 */
export async function steady(
  pipeline: Pipeline,
  { inFlight, rampMs, windowMs }: { inFlight: number; rampMs: number; windowMs: number },
): Promise<Load> {
  const answers: Answer[] = [];
  const until = new AbortController();
  const loops = Array.from({ length: inFlight }, async (_, index) => {
    await sleep((rampMs * index) / inFlight);
    while (!until.signal.aborted) answers.push(await pipeline.ask('bench'));
  });
  await sleep(2 * rampMs);
  answers.length = 0;
  const cpu = countCpu(pipeline.pids);
  const start = performance.now();
  await sleep(windowMs);
  const counted = [...answers];
  const perSecond = (counted.length / (performance.now() - start)) * 1_000;
  const cpuPerRun = cpu(counted.length);
  until.abort();
  await Promise.all(loops);
  return { perSecond, answers: counted, cpu: cpuPerRun };
}

/** Pipelines take turns run by run, so that what else the machine does slows both alike. */
export async function inTurns(pipelines: Pipeline[], count: number): Promise<Answer[][]> {
  const answers = pipelines.map((): Answer[] => []);
  for (let index = 0; index < count; index += 1) {
    for (const [at, pipeline] of pipelines.entries()) answers[at]?.push(await pipeline.ask('bench'));
  }
  return answers;
}

/** Runs several rounds; each round has every pipeline once. Returns results by pipeline, then by round. */
export async function rounds<P extends Pipeline, T>(
  pipelines: P[],
  count: number,
  measure: (pipeline: P) => Promise<T>,
): Promise<T[][]> {
  const results = pipelines.map((): T[] => []);
  for (let round = 0; round < count; round += 1) {
    for (const [at, pipeline] of pipelines.entries()) results[at]?.push(await measure(pipeline));
  }
  return results;
}

/**
 * The overhead, in milliseconds, that the given share of the runs stayed below. The tool's and the model's own time do
 * not count.
 */
export function overhead(answers: Answer[], share: number, modelMs = 0): number {
  return percentile(
    answers.map((answer) => answer.ms - answer.toolMs - modelMs),
    share,
  );
}

/** The same for the way to the tool and back alone. */
export function toolOverhead(answers: Answer[], share: number): number {
  return percentile(
    answers.map((answer) => answer.toolOverheadMs),
    share,
  );
}

/** For each process, the median over the rounds. */
export function medianCpu(loads: Load[]): CpuPerRun {
  const names = Object.keys(loads[0]?.cpu ?? {});
  return Object.fromEntries(names.map((name) => [name, median(loads.map(({ cpu }) => cpu[name] ?? Number.NaN))]));
}

function countCpu(pids: Record<string, number>): (runs: number) => CpuPerRun {
  const own = process.cpuUsage();
  const before = Object.entries(pids).map(([name, pid]) => ({ name, pid, ms: cpuMs(pid) }));
  return (runs) => {
    const { user, system } = process.cpuUsage(own);
    const used = before.map(({ name, pid, ms }): [string, number] => [name, (cpuMs(pid) - ms) / runs]);
    return { ...Object.fromEntries(used), door: (user + system) / 1_000 / runs };
  };
}
