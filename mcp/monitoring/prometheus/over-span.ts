import { ToolError, type ToolContext } from '#mcp/kit.ts';
import type { Service } from '#mcp/http/service.ts';
import type { Labels, Series } from '../series.ts';
import type { Span } from '../time.ts';
import { queryRange, type QueryResult } from './api.ts';
import { isSelector } from './words.ts';

type Context = Pick<ToolContext, 'signal'>;

/** Seconds that Prometheus looks back for a value at each step, as it comes. What lies before that is not seen. */
export const LOOKS_BACK = 300;

/**
 * A query's values over a span. Prometheus gives the value at each step and nothing of what lies between; for a plain
 * selector the least and most of each step are asked for too, so that no peak is lost, and with long steps the last value
 * of each. An expression has no samples of its own, so that its values are all there is.
 */
export async function readOverSpan(
  service: Service,
  query: string,
  span: Span,
  stepSeconds: number,
  context: Context,
): Promise<QueryResult> {
  const ask = (text: string) => queryRange(service, { query: text, ...span, step: stepSeconds }, context);
  if (!isSelector(query)) return ask(query);
  const window = `[${Math.ceil(stepSeconds * 1000)}ms]`;
  const [result, ...ends] = await Promise.all([
    ask(stepSeconds > LOOKS_BACK ? `last_over_time(${query}${window})` : query),
    settled(ask(`min_over_time(${query}${window})`)),
    settled(ask(`max_over_time(${query}${window})`)),
  ]);
  const failed = ends.find((end) => end instanceof ToolError);
  const [low, high] = ends.map((end) => (end instanceof ToolError ? new Map() : valuesBy(end))) as [Extremes, Extremes];
  return {
    ...result,
    series: result.series.map((series) => withExtremes(series, low, high)),
    warnings: [
      ...result.warnings,
      ...(failed ? [`What lies between the values could not be read: ${failed.message}`] : []),
    ],
  };
}

/** The values are an answer without what lies between them. */
async function settled(asked: Promise<QueryResult>): Promise<QueryResult | ToolError> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ToolError) return error;
    throw error;
  }
}

function withExtremes(series: Series, low: Extremes, high: Extremes): Series {
  const [least, most] = [low.get(keyOf(series.labels)), high.get(keyOf(series.labels))];
  const points = series.points.map(
    ([time, value]) => [time, value, least?.get(time) ?? value, most?.get(time) ?? value] as const,
  );
  return { ...series, points };
}

type Extremes = Map<string, Map<number, number>>;

function valuesBy({ series }: QueryResult): Extremes {
  return new Map(
    series.map(({ labels, points }) => [keyOf(labels), new Map(points.map(([time, value]) => [time, value]))]),
  );
}

/** Functions over time take the metric's name away. */
function keyOf(labels: Labels): string {
  const others = Object.entries(labels).filter(([name]) => name !== '__name__');
  return JSON.stringify(others.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
