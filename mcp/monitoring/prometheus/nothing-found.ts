import { ToolError, type ToolContext } from '#mcp/kit.ts';
import type { Service } from '#mcp/http/service.ts';
import { printable, shown } from '#mcp/words.ts';
import type { Labels } from '../series.ts';
import type { Span } from '../time.ts';
import { labelsText } from '../table.ts';
import { metricNames, seriesOf } from './api.ts';
import { likeIt, metricsIn } from './words.ts';

const most = { near: 8, any: 30, series: 5, metrics: 3 };

/** For a query without a result: which of its metrics there are not, and what is called alike; or how others are labelled. */
export async function nothingFound(
  service: Service,
  query: string,
  span: Span,
  context: Pick<ToolContext, 'signal'>,
): Promise<string> {
  try {
    const query_ = { start: span.start, end: span.end };
    const names = await metricNames(service, query_, context);
    if (names.length === 0) return 'Prometheus holds no metrics at all from that time.';
    const metrics = metricsIn(query).slice(0, most.metrics);
    const absent = metrics.filter((metric) => !names.includes(metric));
    if (absent.length > 0) return absent.map((metric) => absentText(metric, names)).join('\n');
    const labels = await Promise.all(metrics.map((metric) => seriesOf(service, metric, query_, context)));
    if (metrics.length === 0) return `Metrics: ${list(names, most.any)}`;
    return metrics.map((metric, at) => presentText(metric, labels[at] ?? [])).join('\n');
  } catch (error) {
    // The answer is complete without the hint.
    if (error instanceof ToolError) return `What there is could not be read: ${error.message}`;
    throw error;
  }
}

function presentText(metric: string, all: readonly Labels[]): string {
  if (all.length === 0) return `${printable(metric)} exists, but has no values in that time. Ask for another one.`;
  const few = all.slice(0, most.series).map((labels) => labelsText(labels));
  return `${printable(metric)} exists from that time; its labels are such as these (${few.length} of ${all.length}):\n${few.join('\n')}`;
}

function absentText(metric: string, names: readonly string[]): string {
  const near = likeIt(metric, names, most.near);
  return near.length > 0
    ? `There is no metric ${shown(metric)} in that time. Alike: ${list(near, most.near)}`
    : `There is no metric ${shown(metric)} in that time. There are ${names.length}: ${list(names, most.any)}`;
}

function list(names: readonly string[], few: number): string {
  const rest = names.length > few ? `, and ${names.length - few} more` : '';
  return `${names.slice(0, few).map(printable).join(', ')}${rest}`;
}
