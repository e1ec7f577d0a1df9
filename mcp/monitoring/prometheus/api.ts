import { isObject } from '#shared/ground/objects.ts';
import type { ToolContext } from '#mcp/kit.ts';
import { Stranger } from '#mcp/http/failures.ts';
import type { Question, Service } from '#mcp/http/service.ts';
import { shown } from '#mcp/words.ts';
import type { Labels, Point, Series } from '../series.ts';

/** What a query gives (Prometheus' HTTP API, "Expression query result formats"). */
export interface QueryResult {
  kind: 'vector' | 'matrix' | 'scalar' | 'string';
  series: Series[];
  /** The value of a string. */
  text: string;
  /** Series that hold native histograms instead of numbers. */
  histograms: number;
  /** Sentences for the answer. */
  warnings: string[];
}

type Context = Pick<ToolContext, 'signal'>;
type Query = NonNullable<Question['query']>;

const most = { warnings: 3, seriesNamed: 200 };

export function query(service: Service, args: Query, context: Context): Promise<QueryResult> {
  return service.ask({ path: ['api', 'v1', 'query'], query: args }, context, readResult);
}

export function queryRange(service: Service, args: Query, context: Context): Promise<QueryResult> {
  return service.ask({ path: ['api', 'v1', 'query_range'], query: args }, context, readResult);
}

/** The names of all metrics in a span of time. */
export function metricNames(service: Service, span: Query, context: Context): Promise<string[]> {
  const path = ['api', 'v1', 'label', '__name__', 'values'];
  return service.ask({ path, query: span }, context, (answer) => texts(dataOf(answer)));
}

/** Labels of the series of one metric. */
export function seriesOf(service: Service, metric: string, span: Query, context: Context): Promise<Labels[]> {
  const selector = `{__name__=${JSON.stringify(metric)}}`;
  const question = { path: ['api', 'v1', 'series'], query: { 'match[]': selector, limit: most.seriesNamed, ...span } };
  return service.ask(question, context, (answer) => {
    const data = dataOf(answer);
    return Array.isArray(data) ? data.slice(0, most.seriesNamed).map(readLabels) : [];
  });
}

/** The service's own words for what is wrong with a query. */
export function refusal(_status: number, text: string): string | undefined {
  const { errorType, error } = parsed(text);
  if (typeof error !== 'string' || error === '') return undefined;
  // A newer server adds a picture of the place in further lines.
  const words = shown(error.split('\n')[0]!.slice(0, 300));
  if (errorType === 'timeout' || errorType === 'canceled')
    return `Prometheus gave the query up: ${words}. Ask for a shorter time, or for fewer series.`;
  if (errorType === 'unavailable' || errorType === 'internal')
    return `Prometheus has a fault of its own: ${words}. Try again in a moment, or tell the user.`;
  return `Prometheus does not take this query: ${words}. Mend the PromQL, and ask again.`;
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** The `data` of an answer. Throws Stranger for what no Prometheus sends. */
export function dataOf(answer: unknown): unknown {
  if (!isObject(answer) || answer['status'] !== 'success' || !('data' in answer))
    throw new Stranger('JSON of another form');
  return answer['data'];
}

/** The result of a query, and its kind. Some servers write a list without anything in it as null. */
export function resultOf(answer: unknown): { type: unknown; items: unknown[] } {
  const data = dataOf(answer);
  const items = isObject(data) && 'resultType' in data ? (data['result'] ?? []) : undefined;
  if (!Array.isArray(items)) throw new Stranger('JSON without a result');
  return { type: (data as Record<string, unknown>)['resultType'], items };
}

/** What `service` says beside an answer, in sentences: what it lacks (`warnings`), or may be meant otherwise (`infos`). */
export function warningsOf(answer: unknown, service: string): string[] {
  const { warnings, infos } = answer as { warnings?: unknown; infos?: unknown };
  const all = [
    ...texts(warnings).map((words) => `${service} warns: ${shown(words)}`),
    ...texts(infos).map((words) => `${service} notes: ${shown(words)}`),
  ];
  const rest = all.length - most.warnings;
  return rest > 0 ? [...all.slice(0, most.warnings), `${service} says ${rest} more things of that kind.`] : all;
}

const kinds = ['vector', 'matrix', 'scalar', 'string'] as const;

function readResult(answer: unknown): QueryResult {
  const { type, items: result } = resultOf(answer);
  const kind = kinds.find((each) => each === type);
  if (kind === undefined) throw new Stranger('a result of an unknown kind');
  const common = { kind, text: '', histograms: 0, warnings: warningsOf(answer, 'Prometheus') };
  if (kind === 'string') return { ...common, series: [], text: String(result[1]) };
  if (kind === 'scalar') return { ...common, series: [{ labels: {}, points: readPoints([result]) }] };
  const items = result.filter(isObject);
  return {
    ...common,
    series: items.filter((item) => 'value' in item || 'values' in item).map(readSeries),
    histograms: items.filter((item) => 'histogram' in item || 'histograms' in item).length,
  };
}

/** A series of numbers over time; Loki's metric queries give them in the same form. */
export function readSeries(item: Record<string, unknown>): Series {
  const values = 'values' in item ? item['values'] : [item['value']];
  return { labels: readLabels(item['metric']), points: Array.isArray(values) ? readPoints(values) : [] };
}

export function readLabels(value: unknown): Labels {
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).filter(([, text]) => typeof text === 'string')) as Labels;
}

/** Values come as texts, so that NaN and infinities can be told. */
function readPoints(values: readonly unknown[]): Point[] {
  return values.flatMap((item) => {
    if (!Array.isArray(item) || typeof item[0] !== 'number') return [];
    return [[item[0], numberOf(item[1])] as const];
  });
}

function numberOf(value: unknown): number {
  if (value === '+Inf') return Infinity;
  if (value === '-Inf') return -Infinity;
  return typeof value === 'string' && value !== '' ? Number(value) : Number.NaN;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
