import { isObject } from '#shared/ground/objects.ts';
import type { ToolContext } from '#mcp/kit.ts';
import { Stranger } from '#mcp/http/failures.ts';
import type { Service } from '#mcp/http/service.ts';
import { shown } from '#mcp/words.ts';
import { dataOf, readLabels, readSeries, resultOf, warningsOf } from '../prometheus/api.ts';
import type { Labels, Series } from '../series.ts';
import type { Span } from '../time.ts';

type Context = Pick<ToolContext, 'signal'>;

export interface LogLine {
  /** Nanoseconds since 1970. */
  at: bigint;
  labels: Labels;
  text: string;
}

export type LokiResult = { warnings: string[] } & (
  | { kind: 'lines'; lines: LogLine[] }
  | { kind: 'series'; series: Series[] }
);

export interface LokiQuery extends Span {
  query: string;
  limit: number;
  direction: 'backward' | 'forward';
  step: number;
}

/** Asks for lines, or for the values of a metric query (Loki's HTTP API, "Query logs within a range of time"). */
export function queryRange(service: Service, args: LokiQuery, context: Context): Promise<LokiResult> {
  const { query, limit, direction, step } = args;
  const question = {
    path: ['loki', 'api', 'v1', 'query_range'],
    query: { query, limit, direction, step, ...nanoseconds(args) },
  };
  return service.ask(question, context, readResult);
}

export function labelNames(service: Service, span: Span, context: Context): Promise<string[]> {
  return service.ask({ path: ['loki', 'api', 'v1', 'labels'], query: nanoseconds(span) }, context, readTexts);
}

export function labelValues(service: Service, label: string, span: Span, context: Context): Promise<string[]> {
  const path = ['loki', 'api', 'v1', 'label', label, 'values'];
  return service.ask({ path, query: nanoseconds(span) }, context, readTexts);
}

/** Loki's own words for what is wrong with a query: plain text, or the `message` of some JSON. */
export function refusal(status: number, text: string): string | undefined {
  if (/no org id/i.test(text))
    return 'Loki wants a tenant (X-Scope-OrgID). Tell the user that the operator must set LOKI_TENANT.';
  if (status !== 400 && status !== 422 && status !== 429) return undefined;
  const words = wordsOf(text);
  if (words === '' || /^\s*</.test(words)) return undefined;
  return `Loki does not take this query: ${shown(words.slice(0, 300))}. Mend the LogQL or ask for a shorter time, and try again.`;
}

function wordsOf(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    const words = isObject(value) ? (value['message'] ?? value['error']) : undefined;
    return typeof words === 'string' ? words : '';
  } catch {
    return text.trim();
  }
}

function nanoseconds({ start, end }: Span): Record<'start' | 'end', string> {
  const text = (seconds: number) => `${Math.round(seconds * 1000)}000000`;
  return { start: text(start), end: text(end) };
}

function readResult(answer: unknown): LokiResult {
  const { type, items } = resultOf(answer);
  const warnings = warningsOf(answer, 'Loki');
  switch (type) {
    case 'streams':
      return { kind: 'lines', lines: items.filter(isObject).flatMap(readStream), warnings };
    case 'matrix':
      return { kind: 'series', series: items.filter(isObject).map(readSeries), warnings };
    default:
      throw new Stranger('a result of an unknown kind');
  }
}

function readStream(item: Record<string, unknown>): LogLine[] {
  const labels = readLabels(item['stream']);
  const values = Array.isArray(item['values']) ? (item['values'] as unknown[]) : [];
  return values.flatMap((value) => {
    const [at, text] = Array.isArray(value) ? (value as unknown[]) : [];
    if (typeof at !== 'string' || !/^\d{1,19}$/.test(at) || typeof text !== 'string') return [];
    return [{ at: BigInt(at), labels, text }];
  });
}

/** A list of labels; one without any comes without `data`. */
function readTexts(answer: unknown): string[] {
  if (isObject(answer) && answer['status'] === 'success' && !('data' in answer)) return [];
  const data = dataOf(answer);
  return Array.isArray(data) ? data.filter((each) => typeof each === 'string') : [];
}
