import { paint } from '#shared/ground/paint.ts';
import { cutToWidth, displayWidth } from '#shared/tables/width.ts';
import type { Terminal } from './terminal.ts';
import { oneLine } from './text.ts';

/** The columns of a listing: the heading of each, and the text of a row in it. */
export type Columns<Row> = Record<string, (row: Row) => string>;

/**
 * Prints rows as a table, or as a JSON array with everything that is known of them. On stderr it prints `empty` when
 * there are none, and `notes` about what could not be looked at.
 */
export function printListing<Row>(
  terminal: Terminal,
  rows: Row[],
  columns: Columns<Row>,
  options: { json?: boolean | undefined; empty: string; notes?: string[] },
): void {
  for (const note of options.notes ?? []) terminal.err.write(`${note}\n`);
  if (options.json) {
    terminal.out.write(`${JSON.stringify(rows, undefined, 2)}\n`);
    return;
  }
  if (rows.length === 0) {
    terminal.err.write(`${options.empty}\n`);
    return;
  }
  const headings = Object.keys(columns);
  const cells = rows.map((row) => Object.values(columns).map((cell) => oneLine(cell(row), 200)));
  const widths = headings.map((heading, at) =>
    Math.max(displayWidth(heading), ...cells.map((row) => displayWidth(row[at] ?? ''))),
  );
  const limit = terminal.out.isTTY ? terminal.out.columns : Number.POSITIVE_INFINITY;
  terminal.out.write(`${paint.bold(tableLine(headings, widths, limit))}\n`);
  for (const row of cells) terminal.out.write(`${tableLine(row, widths, limit)}\n`);
}

function tableLine(cells: string[], widths: number[], limit: number): string {
  const padded = cells.map((cell, at) => cell + ' '.repeat(Math.max((widths[at] ?? 0) - displayWidth(cell), 0)));
  return cutToWidth(padded.join('  ').trimEnd(), limit);
}

/** How long ago something was, for people: 12 s, 5 min, 3 h, 2 d. */
export function ago(at: number, now = Date.now()): string {
  const seconds = Math.max(0, Math.round((now - at) / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}
