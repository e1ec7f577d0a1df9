import { z } from 'zod';
import { defineTool, ToolError, type AnyTool, type ToolContext, type ToolOutput } from '#mcp/kit.ts';
import type { Service } from '#mcp/http/service.ts';
import { readable } from '#mcp/words.ts';
import { overTime, seriesOutput, sharedText } from '../series-answer.ts';
import { sharedLabels } from '../series.ts';
import { labelsText } from '../table.ts';
import { lengthText, spanOf, timeText, type Span } from '../time.ts';
import { stepFor } from '../prometheus/steps.ts';
import { queryRange, type LogLine } from './api.ts';
import { nothingFound } from './nothing-found.ts';

const USUAL_LINES = 50;
const MOST_LINES = 500;
/** Characters of one line, and of all together: what a model can read at once. */
const MOST_LINE = 1_000;
const MOST_TEXT = 24_000;

const input = z.object({
  query: z.string().min(1).max(4000).describe('LogQL, such as {app="web"} |= "error".'),
  start: z.string().optional().describe('RFC 3339, unix, now-1h or -15m. An hour before end by default.'),
  end: z.string().optional().describe('Now by default.'),
  limit: z.int().min(1).max(MOST_LINES).optional().describe(`Lines; ${USUAL_LINES} by default.`),
  direction: z.enum(['backward', 'forward']).optional().describe('backward: the newest lines, the default.'),
});

const output = seriesOutput.extend({
  lines: z.array(z.object({ time: z.string(), labels: z.string(), line: z.string() })),
});

type Input = z.output<typeof input>;
type Output = z.output<typeof output>;

/** `loki_query`: log lines, or the values of a metric query over them. */
export function lokiQueryTool(service: Service): AnyTool {
  return defineTool({
    name: 'loki_query',
    title: 'Query Loki',
    description: 'Searches logs with LogQL: lines, or values over time. Names the labels when nothing is found.',
    input,
    output,
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    run: (args, context) => lokiQuery(service, args, context),
  });
}

async function lokiQuery(service: Service, args: Input, context: ToolContext): Promise<ToolOutput<Output>> {
  const { query, limit = USUAL_LINES, direction = 'backward' } = args;
  if (query.trim() === '') throw new ToolError('query is empty. Write LogQL, such as {app="web"} |= "error".');
  const span = spanOf(args, Date.now() / 1000);
  const step = stepFor(span, undefined).seconds;
  const result = await queryRange(service, { query, limit, direction, step, ...span }, context);
  const times = `from ${timeText(span.start)} to ${timeText(span.end)}`;
  const found = result.kind === 'lines' ? result.lines.length : result.series.length;
  if (found === 0) {
    const hint = await nothingFound(service, span, context);
    const text = [`The query is valid and finds nothing ${times}.`, ...result.warnings, hint].join('\n');
    return { data: { ...nothing(span), lines: [] }, text };
  }
  if (result.kind === 'lines') return linesAnswer(result, limit, direction, span);
  const notes = [`${found} series ${times}, a value every ${lengthText(step)}.`, ...result.warnings];
  const narrower = 'Aggregate with sum by (…) or topk(10, …).';
  const answer = overTime({ title: query, unit: '', span, series: result.series, notes, narrower });
  return { ...answer, data: { ...answer.data, lines: [] } };
}

function nothing(span: Span): Omit<Output, 'lines'> {
  return { unit: '', start: timeText(span.start), end: timeText(span.end), total: 0, series: [], truncated: false };
}

function linesAnswer(
  { lines, warnings }: { lines: LogLine[]; warnings: string[] },
  limit: number,
  direction: string,
  span: Span,
): ToolOutput<Output> {
  const sign = direction === 'forward' ? 1 : -1;
  const sorted = lines.toSorted((a, b) => (a.at === b.at ? 0 : a.at < b.at ? -sign : sign)).slice(0, limit);
  const { shared, rest } = sharedLabels(sorted.map(({ labels }) => labels));
  const rows = fitting(sorted.map((line) => ({ line, row: rowText(line, labelsText(rest(line.labels))) })));
  const last = rows.at(-1)!.line;
  const truncated = rows.length < sorted.length || sorted.length >= limit;
  const text = [
    `${rows.length} lines, the ${direction === 'forward' ? 'oldest' : 'newest'} first:`,
    ...warnings,
    sharedText(shared),
    ...rows.map(({ row }) => row),
    truncated ? `[Cut: there may be more. Go on with ${goOn(last, direction)}, or narrow the query.]` : '',
  ];
  return {
    data: {
      ...nothing(span),
      truncated,
      lines: rows.map(({ line }) => ({
        time: lineTime(line),
        labels: labelsText(line.labels),
        line: readable(line.text.slice(0, MOST_LINE)),
      })),
    },
    text: text.filter(Boolean).join('\n'),
  };
}

/** As many rows as fit together; at least one. */
function fitting<Row extends { row: string }>(rows: Row[]): Row[] {
  let chars = 0;
  const past = rows.findIndex(({ row }) => {
    chars += row.length;
    return chars > MOST_TEXT;
  });
  return past < 0 ? rows : rows.slice(0, Math.max(1, past));
}

/** The lines of one entry after its first are moved in, so that none can pose as another entry. */
function rowText(line: LogLine, labels: string): string {
  const { length } = line.text;
  const rest = length > MOST_LINE ? `… [${length - MOST_LINE} characters more]` : '';
  const text = readable(line.text.slice(0, MOST_LINE))
    .trimEnd()
    .replaceAll(/\r\n?|\n|\u2028|\u2029/g, '\n    ');
  return `${lineTime(line)} ${labels === '{}' ? '' : `${labels} `}${text}${rest}`;
}

function lineTime({ at }: LogLine): string {
  return new Date(Number(at / 1_000_000n)).toISOString();
}

/** Lines of the same millisecond come once more rather than not at all. */
function goOn({ at }: LogLine, direction: string): string {
  const milliseconds = Number(at / 1_000_000n);
  if (direction === 'forward') return `start=${new Date(milliseconds).toISOString()}`;
  return `end=${new Date(milliseconds + 1).toISOString()}`;
}
