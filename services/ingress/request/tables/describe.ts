import type { Cell, TypedTable } from './typed.ts';

const sampleRows = 5;
/** A table of at most so many rows and characters stands whole in the question. */
const whole = { rows: 50, chars: 6_000 };
const maxValue = 60;

export interface Described {
  /** All rows, or the first ones, as CSV. */
  rows: string;
  /** Its columns with what is in them, and how to query it. */
  about: string;
}

/** What a model is told of a table that came with a question. `left`: rows of the file that were left out. */
export function describeTable(name: string, { columns, rows }: TypedTable, left: number): Described {
  const all = linesOf(columns, rows.slice(0, whole.rows + 1));
  const fits = rows.length <= whole.rows && all.join('\n').length <= whole.chars;
  const shown = fits ? all : [...all.slice(0, sampleRows + 1), `[the first ${sampleRows} of ${rows.length} rows]`];
  const facts = columns.map((column, at) => `"${column.name}" ${column.type}: ${factsOf(rows, at)}`);
  const missing = left > 0 ? `, ${left} further ones of the file are left out` : '';
  const how =
    'query_attachment, where you have this tool, runs SQL of SQLite over all rows; columns go in double quotes';
  return {
    rows: shown.join('\n'),
    about: [`Table ${name} of ${rows.length} rows${missing}. ${how}.`, ...facts].join('\n'),
  };
}

function linesOf(columns: TypedTable['columns'], rows: readonly Cell[][]): string[] {
  return [columns.map(({ name }) => name), ...rows].map((row) => row.map((cell) => fieldOf(cell)).join(','));
}

function fieldOf(cell: Cell): string {
  const text = String(cell ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Least, most, sum and mean of numbers; of other values how many there are, and the most frequent. */
function factsOf(rows: readonly Cell[][], at: number): string {
  const values = rows.flatMap((row) => row[at] ?? []);
  const empty = rows.length - values.length;
  const numbers = values.filter((value) => typeof value === 'number');
  const blank = empty > 0 ? `, ${empty} empty` : '';
  if (values.length === 0) return 'all empty';
  if (numbers.length === values.length) {
    let [least, most, sum] = [Infinity, -Infinity, 0];
    for (const value of numbers) [least, most, sum] = [Math.min(least, value), Math.max(most, value), sum + value];
    return `${least} to ${most}, sum ${tidy(sum)}, mean ${tidy(sum / numbers.length)}${blank}`;
  }
  const counts = new Map<string, number>();
  for (const value of values) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  const often = [...counts].toSorted(([, a], [, b]) => b - a).slice(0, 5);
  const named = often.map(
    ([value, count]) => `${JSON.stringify(value.slice(0, maxValue))}${count > 1 ? ` ×${count}` : ''}`,
  );
  return `${counts.size} different, such as ${named.join(', ')}${blank}`;
}

function tidy(value: number): number {
  return Number(value.toPrecision(12));
}
