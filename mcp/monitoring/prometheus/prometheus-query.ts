import { z } from 'zod';
import { defineTool, ToolError, type AnyTool, type ToolContext, type ToolOutput } from '#mcp/kit.ts';
import type { Service } from '#mcp/http/service.ts';
import { readable } from '#mcp/words.ts';
import {
  cutText,
  finite,
  MOST_SERIES,
  overTime,
  seriesOutput,
  sharedText,
  type SeriesOutput,
} from '../series-answer.ts';
import { sharedLabels, summaryOf } from '../series.ts';
import { labelsText, rowsText } from '../table.ts';
import { lengthText, momentOf, spanOf, timeText } from '../time.ts';
import { unitOfQuery, valueText } from '../units.ts';
import { query as askOnce, type QueryResult } from './api.ts';
import { nothingFound } from './nothing-found.ts';
import { LOOKS_BACK, readOverSpan } from './over-span.ts';
import { endingWithStep, stepFor } from './steps.ts';
import { isSelector, metricsIn } from './words.ts';

const input = z.object({
  query: z.string().min(1).max(4000).describe('PromQL.'),
  time: z.string().optional().describe('For values at one moment; now by default.'),
  start: z.string().optional().describe('For values over time. RFC 3339, unix, now-1h or -15m.'),
  end: z.string().optional(),
  step: z.string().optional().describe('Such as 5m; chosen if absent.'),
});

type Input = z.output<typeof input>;

const narrower = 'Aggregate with sum by (…), take topk(10, …), or select by labels.';

/** `prometheus_query`: PromQL at one moment, or over time with least, average and most kept. */
export function prometheusQueryTool(service: Service): AnyTool {
  return defineTool({
    name: 'prometheus_query',
    title: 'Query Prometheus',
    description:
      'Runs PromQL: at one moment, or over time when start is given (with a picture for the user). Names like metrics when nothing is found.',
    input,
    output: seriesOutput,
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    run: (args, context) => {
      if (args.query.trim() === '') throw new ToolError('query is empty. Write PromQL, such as up.');
      const isRange = args.start !== undefined || args.end !== undefined || args.step !== undefined;
      if (!isRange) return atOnce(service, args, context);
      if (args.time === undefined) return overSpan(service, args, context);
      throw new ToolError('Give either time, or start and end: one is for a moment, the others are for a span.');
    },
  });
}

async function overSpan(service: Service, args: Input, context: ToolContext): Promise<ToolOutput<SeriesOutput>> {
  const span = spanOf(args, Date.now() / 1000);
  const step = stepFor(span, args.step);
  // Who names a step counts with values at whole ones.
  const asked = args.step === undefined ? endingWithStep(span, step.seconds) : span;
  const result = await readOverSpan(service, args.query, asked, step.seconds, context);
  if (result.series.length === 0) {
    const nothing = await hint(result, () => nothingFound(service, args.query, span, context));
    return empty(result, `${nothing}${sparse(args.query, step.seconds)}`);
  }
  const unit = unitOfQuery(args.query, metricsIn(args.query));
  const { length } = result.series;
  return overTime({
    title: args.query.replaceAll(/\s+/g, ' '),
    unit,
    span,
    series: result.series,
    notes: [
      `${length} series from ${timeText(span.start)} to ${timeText(span.end)}, a value every ${lengthText(step.seconds)}.`,
      step.note,
      ...notesOf(result),
    ],
    narrower,
  });
}

/** What may be the reason for an empty answer with long steps. */
function sparse(query: string, seconds: number): string {
  if (seconds <= LOOKS_BACK || isSelector(query)) return '';
  return `\nIt was looked at every ${lengthText(seconds)} alone, and values between may be missed: ask for a shorter time, or a smaller step.`;
}

async function atOnce(service: Service, args: Input, context: ToolContext): Promise<ToolOutput<SeriesOutput>> {
  const now = Date.now() / 1000;
  const time = args.time === undefined ? undefined : momentOf(args.time, 'time', now);
  const result = await askOnce(service, { query: args.query, time }, context);
  const at = time ?? now;
  if (result.kind === 'string') return empty(result, readable(result.text.slice(0, 2000)));
  // A range selector on its own gives raw values.
  if (result.kind === 'matrix' && result.series.length > 0) return rawValues(args, result, at);
  if (result.series.length === 0) {
    const span = { start: Math.max(0, at - 3600), end: at };
    return empty(result, await hint(result, () => nothingFound(service, args.query, span, context)));
  }
  return momentAnswer(args, result, at);
}

function momentAnswer(args: Input, result: QueryResult, at: number): ToolOutput<SeriesOutput> {
  const unit = unitOfQuery(args.query, metricsIn(args.query));
  const { shared, rest } = sharedLabels(result.series.map(({ labels }) => labels));
  // Prometheus' own order counts: sort() and topk() made it.
  const few = result.series.slice(0, MOST_SERIES);
  const rows = few.map(({ labels, points }) => [
    labelsText(rest(labels)),
    valueText(points[0]?.[1] ?? Number.NaN, unit),
  ]);
  const cut = cutText(result.series.length, narrower).replace(', those with the largest values', '');
  const lines = [
    `At ${timeText(at)}:`,
    ...notesOf(result),
    sharedText(shared),
    rowsText(['series', 'value'], rows),
    cut,
  ];
  return {
    data: {
      unit,
      end: timeText(at),
      total: result.series.length,
      series: few.map(({ labels, points }) => ({ labels: labelsText(labels), ...finite(summaryOf(points)) })),
      truncated: result.series.length > few.length,
    },
    text: lines.filter(Boolean).join('\n'),
  };
}

function rawValues(args: Input, result: QueryResult, at: number): ToolOutput<SeriesOutput> {
  const times = result.series.flatMap(({ points }) => points.slice(0, 1).map(([time]) => time));
  const unit = unitOfQuery(args.query, metricsIn(args.query));
  const span = { start: times.reduce((a, b) => Math.min(a, b), at), end: at };
  return overTime({ title: args.query, unit, span, series: result.series, notes: notesOf(result), narrower });
}

function notesOf({ warnings, histograms }: QueryResult): string[] {
  if (histograms === 0) return warnings;
  return [
    ...warnings,
    `${histograms} series hold native histograms: histogram_quantile() or histogram_avg() makes numbers of them.`,
  ];
}

/** The hint where there is nothing at all; native histograms are something. */
async function hint(result: QueryResult, look: () => Promise<string>): Promise<string> {
  const notes = notesOf(result);
  return (result.histograms > 0 ? notes : ['The query is valid and finds nothing.', ...notes, await look()]).join('\n');
}

function empty(result: QueryResult, text: string): ToolOutput<SeriesOutput> {
  return { data: { unit: '', total: result.histograms, series: [], truncated: false }, text };
}
