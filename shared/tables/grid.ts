import { stripVTControlCharacters } from 'node:util';
import { cutToWidth, displayWidth, wrapToWidth } from './width.ts';

export type Align = 'left' | 'center' | 'right';

/** A table whose cells are one-line texts in their final form; they may be coloured. Rows are as long as the header. */
export interface Grid {
  header: readonly string[];
  rows: readonly (readonly string[])[];
  /** The alignment that the table itself gives each column; undefined where it gives none. */
  align: readonly (Align | undefined)[];
}

/** Lines of an aligned table. `head`, which may have several, and `rule` are empty where no column has a heading. */
export interface AlignedGrid {
  head: string;
  rule: string;
  rows: string[];
}

/** One row of a table that is too wide to show: its first cell, and the others by their columns' names. */
export interface Card {
  title: string;
  fields: { key: string; value: string }[];
}

const GAP = '  ';
const NUMBER =
  /^[-+−±~≈<>≤≥(]*\s?(?:[A-Z]{3}\s|\p{Sc}\s?)?\d[\d.,'’_\u00a0\u202f ]*(?:\s?[%‰°\p{Sc}]|\s?\p{L}{1,3}[²³]?)?\)?$/u;
/** Numbers, dates and times: these must not be cut, because half of one would read as another. */
const EXACT = /^[\d\s.,:;/+\-−–±~()'’%‰°\p{Sc}TZ]*$/u;

/** The width of each column at which no cell is cut. */
export function columnWidths({ header, rows }: Pick<Grid, 'header' | 'rows'>): number[] {
  return header.map((heading, at) =>
    rows.reduce((widest, row) => Math.max(widest, displayWidth(row[at] ?? '')), displayWidth(heading)),
  );
}

/** The width of a table with such columns. */
export function gridWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + GAP.length * Math.max(0, widths.length - 1);
}

/**
 * Column widths that fit into `most` columns: headings and long words give way, numbers and dates do not. Undefined
 * where a column would become too narrow to read.
 */
export function squeezedWidths(grid: Grid, most: number): number[] | undefined {
  const widths = columnWidths(grid);
  const bodies = columnWidths({ header: grid.header.map(() => ''), rows: grid.rows });
  const least = widths.map((width, at) => {
    const exact = cellsOf(grid, at).every((cell) => EXACT.test(cell));
    return Math.min(width, exact ? Math.max(bodies[at]!, 8) : 12);
  });
  return shrunk(widths, least, most);
}

/** The widths, the widest made narrower until they fit; undefined where they do not fit at their least. */
function shrunk(wanted: readonly number[], least: readonly number[], most: number): number[] | undefined {
  if (gridWidth(least) > most) return undefined;
  const widths = [...wanted];
  while (gridWidth(widths) > most) {
    const slack = widths.map((width, at) => (width > least[at]! ? width : 0));
    widths[slack.indexOf(Math.max(...slack))]! -= 1;
  }
  return widths;
}

/**
 * Column widths that fit into `most` columns where long cells and headings take several lines: no word is broken, no
 * number wrapped. Undefined where that is not possible.
 */
export function wrappedWidths(grid: Grid, most: number): number[] | undefined {
  const widths = columnWidths(grid);
  const words = columnWidths({
    header: grid.header.map(longestWord),
    rows: grid.rows.map((row) => row.map(longestWord)),
  });
  const bodies = columnWidths({ header: grid.header.map(longestWord), rows: grid.rows });
  const least = widths.map((_, at) => (isWhole(grid, at) ? bodies[at]! : words[at]!));
  return shrunk(widths, least, most);
}

function isWhole(grid: Grid, column: number): boolean {
  return isNumeric(grid, column) || cellsOf(grid, column).every((cell) => EXACT.test(cell));
}

function longestWord(cell: string): string {
  return cell.split(' ').reduce((longest, word) => (displayWidth(word) > displayWidth(longest) ? word : longest), '');
}

/** As `alignGrid`, with cells that are wider on several lines. An empty line follows a row of several. */
export function alignWrapped(grid: Grid, widths: readonly number[]): AlignedGrid {
  const align = alignsOf(grid);
  const lines = (cells: readonly string[]): string[] => {
    const wrapped = widths.map((width, at) => wrapToWidth(cells[at] ?? '', width));
    const most = Math.max(...wrapped.map(({ length }) => length));
    const rows = Array.from({ length: most }, (_, line) => wrapped.map((cell) => cell[line] ?? ''));
    return alignGrid({ header: widths.map(() => ''), rows, align }, widths).rows;
  };
  const { rule } = alignGrid({ ...grid, rows: [] }, widths);
  const rows = grid.rows.map(lines).flatMap((row, at) => {
    return row.length > 1 && at < grid.rows.length - 1 ? [...row, ''] : row;
  });
  return { head: rule === '' ? '' : lines(grid.header).join('\n'), rule, rows };
}

function alignsOf(grid: Grid): Align[] {
  return grid.header.map((_, at) => grid.align[at] ?? (isNumeric(grid, at) ? 'right' : 'left'));
}

/** Writes a table with its columns aligned; numbers are aligned right unless the table says otherwise. */
export function alignGrid(grid: Grid, widths: readonly number[] = columnWidths(grid)): AlignedGrid {
  const aligns = alignsOf(grid);
  const line = (cells: readonly string[]) =>
    widths
      .map((width, at) => pad(cells[at] ?? '', width, aligns[at]))
      .join(GAP)
      .trimEnd();
  const titled = grid.header.some((heading) => !isBlank(heading));
  return {
    head: titled ? line(grid.header) : '',
    rule: titled ? widths.map((width) => '─'.repeat(width)).join(GAP) : '',
    rows: grid.rows.map(line),
  };
}

/** The rows one by one, without their blank cells. */
export function cardsOf({ header, rows }: Grid): Card[] {
  return rows.map(([title = '', ...cells]) => ({
    title,
    fields: cells.flatMap((value, at) => (isBlank(value) ? [] : [{ key: header[at + 1] ?? '', value }])),
  }));
}

function pad(cell: string, width: number, align: Align | undefined): string {
  const text = displayWidth(cell) > width ? cutToWidth(cell, width) : cell;
  const gap = width - displayWidth(text);
  const before = align === 'right' ? gap : align === 'center' ? Math.floor(gap / 2) : 0;
  return ' '.repeat(before) + text + ' '.repeat(gap - before);
}

/** Whether all cells of a column that say something are numbers. */
export function isNumeric(grid: Grid, column: number): boolean {
  const cells = cellsOf(grid, column).filter((cell) => !/^(?:|[-–—]|NULL|n\/a)$/i.test(cell));
  return cells.length > 0 && cells.every((cell) => NUMBER.test(cell));
}

function cellsOf({ rows }: Grid, column: number): string[] {
  return rows.map((row) => stripVTControlCharacters(row[column] ?? '').trim());
}

function isBlank(text: string): boolean {
  return stripVTControlCharacters(text).trim() === '';
}
