import { medianCpu, overhead, toolOverhead, type Load } from './measures.ts';
import type { Answer } from './pipelines.ts';
import { median, table } from './stats.ts';

export interface Sizes {
  warmUp: number;
  serial: number;
  saturationRounds: number;
  saturation: number;
  inFlight: number;
  slowRounds: number;
  slowInFlight: number;
  windowMs: number;
  /** Of one of the two model calls of a run. */
  modelMs: number;
}

/** The results by pipeline, the minimal one first. */
export interface Results {
  idle: Answer[][];
  saturated: Load[][];
  waiting: Load[][];
}

type Row = [string, number, number, string?];

/** The results as text: one table of figures and one of CPU. */
export function report(sizes: Sizes, { idle, saturated, waiting }: Results): string {
  const figures = [...idleRows(idle), ...saturationRows(sizes, saturated), ...waitingRows(sizes, waiting)];
  const [minimal, product] = [medianCpu(saturated[0] ?? []), medianCpu(saturated[1] ?? [])];
  const cpu = Object.keys(product).map((name): Row => [name, minimal[name] ?? Number.NaN, product[name] ?? Number.NaN]);
  cpu.push(['all (to reach: <= 1.7 x)', sum(minimal), sum(product)]);
  return [
    printed(['', 'minimal', 'dragoman', 'ratio', 'to reach'], figures),
    '',
    printed([`${sizes.inFlight} in flight: CPU, ms a run`, 'minimal', 'dragoman', 'ratio'], cpu),
    '',
  ].join('\n');
}

function idleRows([minimal = [], product = []]: Answer[][]): Row[] {
  return [
    ['one at a time: overhead p50, ms', overhead(minimal, 0.5), overhead(product, 0.5), '<= 1.4 x'],
    ['one at a time: overhead p99, ms', overhead(minimal, 0.99), overhead(product, 0.99), '<= 1.5 x'],
    ['one at a time: overhead of the tool call p50, ms', toolOverhead(minimal, 0.5), toolOverhead(product, 0.5)],
    [
      'one at a time: overhead of the tool call p99, ms',
      toolOverhead(minimal, 0.99),
      toolOverhead(product, 0.99),
      '< 10',
    ],
  ];
}

function saturationRows({ inFlight }: Sizes, [minimal = [], product = []]: Load[][]): Row[] {
  const rate = (loads: Load[]) => median(loads.map(({ perSecond }) => perSecond));
  const tool = (loads: Load[]) =>
    toolOverhead(
      loads.flatMap(({ answers }) => answers),
      0.99,
    );
  return [
    [`${inFlight} in flight: runs per second`, rate(minimal), rate(product), '>= 0.65 x'],
    [`${inFlight} in flight: overhead of the tool call p99, ms`, tool(minimal), tool(product), '< 100'],
  ];
}

function waitingRows({ slowInFlight, modelMs }: Sizes, [minimal = [], product = []]: Load[][]): Row[] {
  const what = `${slowInFlight} in flight, model ${modelMs} ms:`;
  // In the ideal case every place is always busy with the two calls of a run, and with nothing else.
  const ideal = (slowInFlight * 1_000) / (2 * modelMs);
  const rate = (loads: Load[]) => median(loads.map(({ perSecond }) => perSecond));
  const late = (loads: Load[], share: number) =>
    overhead(
      loads.flatMap(({ answers }) => answers),
      share,
      2 * modelMs,
    );
  return [
    [`${what} runs per second`, rate(minimal), rate(product)],
    [`${what} % of ideal`, (100 * rate(minimal)) / ideal, (100 * rate(product)) / ideal, '>= 97'],
    [`${what} overhead p50, ms`, late(minimal, 0.5), late(product, 0.5), '<= 2.5 x'],
    [`${what} overhead p99, ms`, late(minimal, 0.99), late(product, 0.99)],
    [`${what} worker CPU, ms a run`, medianCpu(minimal)['worker'] ?? 0, medianCpu(product)['worker'] ?? 0],
  ];
}

function printed(head: string[], rows: Row[]): string {
  const number = (value: number) => value.toFixed(Math.abs(value) < 10 ? 2 : 0);
  const lines = rows.map(([name, minimal, product, goal]) => [
    name,
    number(minimal),
    number(product),
    (product / minimal).toFixed(2),
    ...(head.length > 4 ? [goal ?? ''] : []),
  ]);
  return table([head, ...lines]);
}

function sum(cpu: Record<string, number>): number {
  return Object.values(cpu).reduce((total, ms) => total + ms, 0);
}
