import { isObject } from '#shared/ground/objects.ts';
import type { ToolContext, ToolError } from '#mcp/kit.ts';
import { Refusal, Stranger } from '#mcp/http/failures.ts';
import type { Service } from '#mcp/http/service.ts';
import type { Series } from '../series.ts';
import type { Span } from '../time.ts';

type Context = Pick<ToolContext, 'signal'>;

export interface Chart {
  id: string;
  name: string;
  context: string;
  title: string;
  units: string;
  /** Seconds between two values. */
  everySeconds: number;
  /** Seconds since 1970 of the first and the last value that it keeps. */
  first: number;
  last: number;
}

/** All charts of the agent (Netdata's API v1, `/charts`). */
export function listCharts(service: Service, context: Context): Promise<Chart[]> {
  return service.ask({ path: ['api', 'v1', 'charts'] }, context, (answer) => {
    const charts = isObject(answer) ? answer['charts'] : undefined;
    if (!isObject(charts)) throw new Stranger('JSON without charts');
    return Object.values(charts).flatMap((chart) => readChart(chart) ?? []);
  });
}

/** One chart; undefined when there is none of that id or name. */
export async function findChart(service: Service, chart: string, context: Context): Promise<Chart | undefined> {
  // The agent decodes a query before it takes it apart, so that such a name would bring further arguments.
  if (/[&?#%=\p{Cc}]/u.test(chart)) return undefined;
  try {
    return await service.ask({ path: ['api', 'v1', 'chart'], query: { chart } }, context, (answer) => {
      const found = readChart(answer);
      if (!found) throw new Stranger('JSON that is no chart');
      return found;
    });
  } catch (error) {
    const { cause } = error as ToolError;
    if (cause instanceof Refusal && cause.status === 404) return undefined;
    throw error;
  }
}

function readChart(value: unknown): Chart | undefined {
  if (!isObject(value) || typeof value['id'] !== 'string') return undefined;
  const text = (name: string): string => (typeof value[name] === 'string' ? value[name] : '');
  const number = (name: string, or: number): number => (typeof value[name] === 'number' ? value[name] : or);
  return {
    id: value['id'],
    name: text('name'),
    context: text('context'),
    // Netdata puts the chart's name in brackets after its title.
    title: text('title').replace(/\s*\([^()]*\)$/, ''),
    units: text('units'),
    everySeconds: Math.max(1, number('update_every', 1)),
    first: number('first_entry', 0),
    last: number('last_entry', Infinity),
  };
}

export interface DataQuery extends Span {
  chart: string;
  points: number;
  group: 'average' | 'min' | 'max';
}

/** The values of a chart's dimensions, in the order of time. */
export function readData(
  service: Service,
  { chart, points, group, start, end }: DataQuery,
  context: Context,
): Promise<Series[]> {
  const times = { after: Math.floor(start), before: Math.ceil(end) };
  // Some dimensions are negative only so that they are drawn downwards. Aligned stretches would begin before the span.
  const query = { chart, points, group, format: 'json', options: 'absolute|unaligned', ...times };
  return service.ask({ path: ['api', 'v1', 'data'], query }, context, readTable);
}

function readTable(answer: unknown): Series[] {
  if (!isObject(answer) || !Array.isArray(answer['labels']) || !Array.isArray(answer['data']))
    throw new Stranger('JSON that is no table of values');
  const [, ...dimensions] = answer['labels'] as unknown[];
  const rows = (answer['data'] as unknown[]).filter((row): row is unknown[] => Array.isArray(row)).toReversed();
  return dimensions.map((dimension, at) => ({
    labels: { dimension: String(dimension) },
    points: rows.flatMap((row) => {
      const [time, value] = [row[0], row[at + 1]];
      return typeof time === 'number' && typeof value === 'number' ? [[time, value] as const] : [];
    }),
  }));
}
