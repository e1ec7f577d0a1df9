import { drawChart, MOST_LINES } from '#shared/picture/chart.ts';
import { canWrite } from '#shared/picture/font.ts';
import type { Grid } from '#shared/tables/grid.ts';
import type { Say } from '#services/ingress/language/say.ts';
import { readMoments } from './moments.ts';
import { readNumbers, writeNumber, type NumberColumn } from './numbers.ts';

/** Fewer points are seen as well in the table itself. */
const FEWEST = 5;
/** Headings of numbers that name rows. */
const NAMES = /^$|(?:^|[\s_-])(?:id|nr|no|num|number|rank|code|key|plz|zip)\.?$|^#$/i;
/** A line that is flat beside the largest one shows nothing. */
const FLAT = 50;

interface Series {
  label: string;
  numbers: NumberColumn;
}

/**
 * A chart of a table that is a series: moments, or rising numbers, in its first column, and numbers beside it.
 * Undefined for other tables. `format` and unit of numbers are those of the table.
 */
export function chartOf(say: Say, { header, rows }: Pick<Grid, 'header' | 'rows'>): Buffer | undefined {
  if (rows.length < FEWEST) return undefined;
  const cells = rows.map((row) => row[0] ?? '');
  const moments = readMoments(cells);
  const places = placesOf(cells, moments ?? readNumbers(cells)?.values);
  if (!places) return undefined;
  const series = seriesOf(say, header, rows);
  // Numbers beside words, or those that only name the rows, are no axis.
  if (!moments && (NAMES.test(header[0] ?? '') || series.length < header.length - 1)) return undefined;
  const [first] = series;
  if (!first) return undefined;
  const inOrder = places.toSorted((a, b) => a.at - b.at);
  const [start, end] = [inOrder[0]!, inOrder.at(-1)!];
  const all = series.flatMap(({ numbers }) => numbers.values);
  const span = Math.max(...all) - Math.min(...all, 0);
  const lines = series.map(({ label, numbers }) => ({
    label,
    stretches: inOrder.map(({ at, row }) => {
      const value = numbers.values[row]!;
      return { time: at, min: value, avg: value, max: value };
    }),
  }));
  const about =
    series.length === 1
      ? first.label
      : series
          .slice(0, 3)
          .map(({ label }) => label)
          .join(', ');
  return drawChart(lines, {
    title: titleOf(say, about, header[0] ?? ''),
    format: (value) => writeNumber(value, first.numbers, span),
    start: start.at,
    end: end.at,
    marks: inOrder.map(({ at, label }) => ({ time: at, label: canWrite(label) ? label : '' })),
  });
}

/** What is drawn by what, as far as the picture's letters go. */
function titleOf(say: Say, what: string, axis: string): string {
  const [first = '', second] = [what, axis].filter((text) => text !== '' && canWrite(text));
  if (second === undefined) return first;
  const title = say('chart.by', { what: first, axis: second });
  return canWrite(title) ? title : first;
}

function columnName(say: Say, number: number): string {
  const name = say('chart.column', { number });
  return canWrite(name) ? name : `#${number}`;
}

interface Place {
  at: number;
  row: number;
  label: string;
}

/** Where each row stands on the axis; undefined when the first column does not go steadily in one direction. */
function placesOf(cells: readonly string[], found: number[] | undefined): Place[] | undefined {
  if (!found) return undefined;
  const steps = found.slice(1).map((value, at) => value - found[at]!);
  if (!steps.every((step) => step > 0) && !steps.every((step) => step < 0)) return undefined;
  return found.map((at, row) => ({ at, row, label: cells[row]!.trim() }));
}

/** The columns that can be drawn together: numbers of the first one's kind and of a like size. */
function seriesOf(say: Say, header: readonly string[], rows: readonly (readonly string[])[]): Series[] {
  const found = header.slice(1).flatMap((heading, at): Series[] => {
    const numbers = readNumbers(rows.map((row) => row[at + 1] ?? ''));
    if (!numbers) return [];
    return [{ label: canWrite(heading) && heading !== '' ? heading : columnName(say, at + 2), numbers }];
  });
  const alike = found.filter(({ numbers }) => {
    const [first] = found;
    return numbers.before === first?.numbers.before && numbers.after.trim() === first.numbers.after.trim();
  });
  const largest = Math.max(...alike.map(sizeOf));
  return alike.filter((each) => sizeOf(each) >= largest / FLAT).slice(0, MOST_LINES);
}

function sizeOf({ numbers }: Series): number {
  return Math.max(...numbers.values.map(Math.abs));
}
