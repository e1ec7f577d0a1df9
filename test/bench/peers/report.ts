import { medianCpu, overhead } from '../measures.ts';
import { median, percentile, table } from '../stats.ts';
import type { Damage } from './kills.ts';
import type { Speed } from './speed.ts';

/** The figures, each with its ratio to the first column, which is the product. */
export function speedReport(all: Speed[]): string {
  const rows: [string, ...number[]][] = [
    ['one at a time: overhead p50, ms', ...all.map(({ idle }) => overhead(idle, 0.5))],
    ['one at a time: overhead p99, ms', ...all.map(({ idle }) => overhead(idle, 0.99))],
  ];
  for (const inFlight of all[0]?.loaded.keys() ?? []) {
    const loads = (each: Speed) => each.loaded.get(inFlight) ?? [];
    const rate = (each: Speed) => median(loads(each).map(({ perSecond }) => perSecond));
    const cpu = (each: Speed, name: string) => medianCpu(loads(each))[name] ?? Number.NaN;
    rows.push([`${inFlight} in flight: runs per second`, ...all.map(rate)]);
    for (const name of ['worker', 'server', 'tool', 'door']) {
      rows.push([`${inFlight} in flight: CPU of the ${name}, ms a run`, ...all.map((each) => cpu(each, name))]);
    }
    const both = (each: Speed) => cpu(each, 'worker') + cpu(each, 'server');
    rows.push([`${inFlight} in flight: CPU of worker and server, ms a run`, ...all.map(both)]);
  }
  rows.push(
    ['memory of the server, MB', ...all.map(({ memory }) => memory.server)],
    ['memory of the worker, MB', ...all.map(({ memory }) => memory.worker)],
  );
  const lines = rows.map(([name, ...values]) => [
    name,
    ...values.map((value, at) =>
      at === 0 ? number(value) : `${number(value)} (${number(value / (values[0] ?? 1))} x)`,
    ),
  ]);
  return table([['', ...all.map(({ name }) => name)], ...lines]);
}

/** The counts over all kills. */
export function damageReport(names: string[], all: Damage[]): string {
  const row = (name: string, count: (damage: Damage) => number | string) => [
    name,
    ...all.map((each) => String(count(each))),
  ];
  return table([
    ['', ...names],
    row('kills of the worker (kill -9)', ({ kills }) => kills),
    row('runs', ({ runs }) => runs),
    row('... inside their tool call at a kill', ({ hitInTool }) => hitInTool),
    row('effects done twice, plain tool', ({ twice, runs, keyedRuns }) => `${twice} of ${runs - keyedRuns} runs`),
    row(
      'effects done twice, tool that knows keys',
      ({ keyedTwice, keyedRuns }) => `${keyedTwice} of ${keyedRuns} runs`,
    ),
    row('effects missing of answered runs', ({ missing }) => missing),
    row('runs that failed', ({ failed }) => failed),
    row('runs that never ended', ({ lost }) => lost),
    row('runs that needed a person', ({ human }) => human),
    row('run met by a kill: p50, s', ({ metMs }) => seconds(metMs, 0.5)),
    row('run met by a kill: p99, s', ({ metMs }) => seconds(metMs, 0.99)),
    row('all runs: p50, s', ({ runMs }) => seconds(runMs, 0.5)),
  ]);
}

function seconds(ms: number[], share: number): string {
  return (percentile(ms, share) / 1_000).toFixed(1);
}

function number(value: number): string {
  return value.toFixed(Math.abs(value) < 10 ? 2 : 0);
}
