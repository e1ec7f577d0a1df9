import { z } from 'zod';
import { defineTool, ToolError, type AnyTool, type ToolContext, type ToolOutput } from '#mcp/kit.ts';
import type { Service } from '#mcp/http/service.ts';
import { printable } from '#mcp/words.ts';
import { overTime, seriesOutput, type SeriesOutput } from '../series-answer.ts';
import type { Series } from '../series.ts';
import { momentOf, timeText, type Span } from '../time.ts';
import { findChart, listCharts, readData, type Chart } from './api.ts';
import { contextsText, noSuchChart } from './overview.ts';
import { unitOf } from './units.ts';

const USUAL_SECONDS = 600;
const USUAL_POINTS = 120;
const MOST_POINTS = 500;

const input = z.object({
  chart: z.string().min(1).max(300).optional().describe('Such as system.cpu, or a context. Absent: lists them.'),
  after: z.string().optional().describe('From when on: -10m (default), now-1h, RFC 3339 or unix.'),
  points: z.int().min(1).max(MOST_POINTS).optional().describe('Values over that time.'),
});

type Input = z.output<typeof input>;

/** `netdata_metrics`: what a Netdata agent measures, the latest values of a chart and their averages. */
export function netdataMetricsTool(service: Service): AnyTool {
  return defineTool({
    name: 'netdata_metrics',
    title: 'Read Netdata',
    description:
      'Reads what Netdata measures on a machine: latest, least, average and most of a chart, with a picture for the user.',
    input,
    output: seriesOutput,
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    run: (args, context) => netdataMetrics(service, args, context),
  });
}

async function netdataMetrics(service: Service, args: Input, context: ToolContext): Promise<ToolOutput<SeriesOutput>> {
  if (args.chart === undefined) return listing(contextsText(await listCharts(service, context)));
  const now = Date.now() / 1000;
  const span = { start: args.after === undefined ? now - USUAL_SECONDS : momentOf(args.after, 'after', now), end: now };
  if (span.start >= now) throw new ToolError('after must be in the past. Write -10m, now-1h or a time before now.');
  const chart = await findChart(service, args.chart, context);
  if (chart) return chartAnswer(service, chart, span, args.points ?? USUAL_POINTS, context);
  const charts = await listCharts(service, context);
  const inContext = charts.filter(({ context: of }) => of === args.chart);
  const [only] = inContext;
  if (!only) throw new ToolError(noSuchChart(args.chart, charts));
  if (inContext.length === 1) return chartAnswer(service, only, span, args.points ?? USUAL_POINTS, context);
  return listing(contextsText(inContext));
}

function listing(text: string): ToolOutput<SeriesOutput> {
  return { data: { unit: '', total: 0, series: [], truncated: false }, text };
}

async function chartAnswer(
  service: Service,
  chart: Chart,
  span: Span,
  points: number,
  context: ToolContext,
): Promise<ToolOutput<SeriesOutput>> {
  // An agent that was started, or keeps little, has no values from the beginning.
  const [start, end] = [Math.max(span.start, chart.first), Math.min(span.end, chart.last)];
  const name = `${printable(chart.id)} (${printable(chart.title)}), ${printable(chart.units) || 'no unit'}`;
  const none = `${name}: there are no values from ${timeText(Math.floor(span.start))} on. Give an earlier after.`;
  // The agent turns a span round that ends before it begins, and gives what lies outside of it.
  if (end < start) return listing(none);
  const values = Math.floor((end - start) / chart.everySeconds) + 1;
  const isExact = values <= points;
  const asked = { chart: chart.id, points: Math.min(points, Math.max(1, values)), start, end };
  const read = (group: 'average' | 'min' | 'max') => readData(service, { ...asked, group }, context);
  const [average, least, largest] = await Promise.all([
    read('average'),
    isExact ? undefined : read('min'),
    isExact ? undefined : read('max'),
  ]);
  const series = isExact ? average : withExtremes(average, least ?? [], largest ?? []);
  const filled = series.filter((each) => each.points.length > 0);
  if (filled.length === 0) return listing(none);
  return overTime({
    title: `${chart.id} ${chart.units}`,
    unit: unitOf(chart.units),
    span: { start: Math.floor(start), end: Math.ceil(end) },
    series: filled,
    notes: [`${name}, from ${timeText(Math.floor(start))} on:`],
    narrower: '',
  });
}

/** Averages with the least and most of the same stretches beside them, so that peaks stay. */
function withExtremes(average: readonly Series[], least: readonly Series[], most: readonly Series[]): Series[] {
  return average.map((series, at) => {
    const [low, high] = [valuesOf(least[at]), valuesOf(most[at])];
    return {
      ...series,
      points: series.points.map(
        ([time, value]) => [time, value, low.get(time) ?? value, high.get(time) ?? value] as const,
      ),
    };
  });
}

function valuesOf(series: Series | undefined): Map<number, number> {
  return new Map(series?.points.map(([time, value]) => [time, value]));
}
