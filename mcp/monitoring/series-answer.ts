import { z } from 'zod';
import type { ToolOutput } from '#mcp/kit.ts';
import { drawChart, MOST_LINES, type Stretch } from '#shared/picture/chart.ts';
import { sharedLabels, stretchesOf, summaryOf, type Labels, type Series } from './series.ts';
import { labelsText, legendText, rowsText } from './table.ts';
import { timeText, type Span } from './time.ts';
import { valueText, type Unit } from './units.ts';

/** Series that are shown at most, and those that are few enough to be shown over time. */
export const MOST_SERIES = 40;
const FEW = 3;
/** Rows over time of one series; stretches of the picture. */
const ROWS = 20;
const STRETCHES = 200;

const number = z.number().nullable().describe('null: not a number, or infinite.');

export const seriesOutput = z.object({
  unit: z.string().describe('Empty where nothing tells.'),
  start: z.string().optional(),
  end: z.string().optional(),
  total: z.number().describe('Series there are.'),
  series: z.array(
    z.object({
      labels: z.string(),
      last: number,
      min: number,
      avg: number,
      max: number,
      over_time: z.array(z.object({ time: z.string(), min: number, avg: number, max: number })).optional(),
    }),
  ),
  truncated: z.boolean(),
});

export type SeriesOutput = z.output<typeof seriesOutput>;

export interface SeriesAnswer {
  title: string;
  unit: Unit;
  span: Span;
  series: readonly Series[];
  /** Sentences before the table. */
  notes: readonly string[];
  /** How to get fewer series, for the marker of a cut. */
  narrower: string;
}

/** Series over time: each in a row with its last value, least, average and most; few of them also over time, and a picture. */
export function overTime(answer: SeriesAnswer): ToolOutput<SeriesOutput> {
  const { series, unit, span, title } = answer;
  const shown = mostFirst(series).slice(0, MOST_SERIES);
  const { shared, rest } = sharedLabels(series.map(({ labels }) => labels));
  const stretches = shown.map(({ points }) => stretchesOf(points, span.start, span.end, STRETCHES));
  const timelines = shown.map(({ points }) => stretchesOf(points, span.start, span.end, ROWS));
  const few = shown.length <= FEW;
  const summary = rowsText(
    ['series', 'last', 'min', 'avg', 'max'],
    shown.map(({ labels, points }) => {
      const { last, min, avg, max } = summaryOf(points);
      return [labelsText(rest(labels)), ...[last, min, avg, max].map((value) => valueText(value, unit))];
    }),
  );
  const text = [
    ...answer.notes,
    sharedText(shared),
    summary,
    cutText(series.length, answer.narrower),
    ...(few ? shown.map(({ labels }, at) => timeline(labelsText(rest(labels)), timelines[at]!, unit)) : []),
  ];
  const bytes = drawChart(
    shown
      .slice(0, MOST_LINES)
      .map(({ labels }, at) => ({ label: legendText(rest(labels)), stretches: stretches[at]! })),
    { title, format: (value) => valueText(value, unit), ...span },
  );
  return {
    data: {
      unit,
      start: timeText(span.start),
      end: timeText(span.end),
      total: series.length,
      series: shown.map(({ labels, points }, at) => ({
        labels: labelsText(labels),
        ...finite(summaryOf(points)),
        ...(few && {
          over_time: timelines[at]!.map(({ time, ...rest_ }) => ({ time: timeText(time), ...finite(rest_) })),
        }),
      })),
      truncated: series.length > shown.length,
    },
    text: text.filter(Boolean).join('\n'),
    ...(bytes && { pictures: [{ mimeType: 'image/png', data: bytes.toString('base64') }] }),
  };
}

/** Where only some can be shown, those of the largest values. */
function mostFirst(series: readonly Series[]): readonly Series[] {
  if (series.length <= FEW) return series;
  const size = ({ points }: Series) => Math.abs(summaryOf(points).max) || 0;
  return series.toSorted((a, b) => size(b) - size(a));
}

export function sharedText(shared: Labels): string {
  return Object.keys(shared).length > 0 ? `All have ${labelsText(shared)}` : '';
}

export function cutText(total: number, narrower: string): string {
  return total > MOST_SERIES
    ? `[Cut: ${MOST_SERIES} of ${total} series are shown, those with the largest values. ${narrower}]`
    : '';
}

/** Nulls in the place of values that JSON cannot hold. */
export function finite<Name extends string>(values: Record<Name, number>): Record<Name, number | null> {
  const entries = Object.entries<number>(values).map(([name, value]) => [name, Number.isFinite(value) ? value : null]);
  return Object.fromEntries(entries) as Record<Name, number | null>;
}

function timeline(label: string, stretches: readonly Stretch[], unit: Unit): string {
  const exact = stretches.every(({ min, max }) => min === max || (Number.isNaN(min) && Number.isNaN(max)));
  const heads = exact ? ['time', 'value'] : ['from', 'min', 'avg', 'max'];
  const rows = stretches.map(({ time, min, avg, max }) => {
    const values = exact ? [avg] : [min, avg, max];
    return [timeText(time), ...values.map((value) => valueText(value, unit))];
  });
  return `${label} over time:\n${rowsText(heads, rows)}`;
}
