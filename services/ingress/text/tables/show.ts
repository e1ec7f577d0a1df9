import { columnWidths, gridWidth, squeezedWidths, wrappedWidths, type Grid } from '#shared/tables/grid.ts';
import { displayWidth } from '#shared/tables/width.ts';
import { REDACTED } from '../links.ts';
import { sizeIn } from '#services/ingress/language/amounts.ts';
import type { Say } from '#services/ingress/language/say.ts';
import type { TextRules } from '../tokens.ts';
import { isDrawn, plainCell } from './cell-text.ts';
import { csv } from './csv.ts';
import { LEFT_TO_RIGHT_MARK, blockForm, cardsForm, columnsForm, gridOf, within } from './forms.ts';
import { chartPicture, tablePicture, type TablePicture } from './pictures.ts';
import { readTable, type Table } from './table.ts';

/** A table that is not shown whole, to be sent as a file. */
export interface TableFile {
  name: string;
  csv: string;
  table: Table;
  /** Rows that are shown. */
  shown: number;
}

export interface TableOptions {
  /** Whether files may be sent along. If not, every table is shown whole. */
  files: boolean;
  rules: TextRules;
  /** The language of its notes. */
  say: Say;
}

export interface TableForms {
  /** Begins the text again, which may have grown. What was written of each table is remembered. */
  begin(): void;
  /** Writes a table, given as its lines, as Discord can show it. Undefined when there is nothing in it. */
  show(markdown: string): string | undefined;
  /** The tables that were not shown whole, in order. */
  files(): TableFile[];
  /** Charts of series, and pictures of tables of which columns are not shown side by side. */
  pictures(): TablePicture[];
}

/** Columns of a code block that a phone shows without breaking lines; an embed shows as many on any screen. */
const BLOCK_COLUMNS = 40;
/** A table of at most this many columns becomes so narrow by lines within its cells. */
const WRAPPED_COLUMNS = 56;
/** A block of at most this many rows and characters is shown whole. */
const BLOCK = { rows: 30, chars: 1_600 };
/** Rows that are shown of a larger table. */
const FIRST_ROWS = 25;
/** Cards of at most this many lines and characters are shown whole. */
const CARDS = { lines: 60, chars: 4_000 };
/** What is shown of longer cards, with each cell cut to `cell` columns. */
const FIRST_CARDS = { lines: 30, chars: 1_500, cell: 200 };
/** Discord accepts ten files per message; one is left for the whole answer. */
const MAX_FILES = 9;

/** Whether a line is the note below a table that is not shown whole. */
export function isTableNote(line: string): boolean {
  return /^(?:> )?-# .*\d.*\btable(?:-\d+)?\.csv$/.test(line);
}

/** Shows the tables of one text, one after the other. */
export function createTableForms({ files, rules, say }: TableOptions): TableForms {
  const known = new Map<string, Shown>();
  let written: TableFile[] = [];
  let drawn: TablePicture[] = [];
  return {
    begin() {
      written = [];
      drawn = [];
    },
    show(markdown) {
      const place = `${written.length} ${drawn.length}\n${markdown}`;
      const shown = known.get(place) ?? write(markdown);
      known.set(place, shown);
      if (shown.file) written.push(shown.file);
      drawn.push(...shown.pictures);
      return shown.text;
    },
    files: () => written,
    pictures: () => drawn,
  };

  function write(markdown: string): Shown {
    const table = readTable(markdown);
    const grid = gridOf(table);
    if ([grid.header, ...grid.rows].flat().every((cell) => cell === '')) return { text: undefined, pictures: [] };
    const charts = files ? [chartPicture(say, grid, drawn.length)] : [];
    const mayAttach = files && written.length < MAX_FILES;
    // A table that is too long in any form is not written out first.
    const whole = mayAttach && table.rows.length > CARDS.lines ? undefined : wholeForm(say, table, grid, rules);
    if (whole && (whole.short || !mayAttach)) return { text: whole.text, pictures: charts };
    const name = written.length === 0 ? 'table' : `table-${written.length + 1}`;
    const block = firstRows(say, table, grid);
    const { text, told, count } = block ?? firstCards(say, table, rules);
    const all = sizeIn(say, { count: table.rows.length, of: 'rows' });
    const note = `${table.quotes}-# ${all}, ${told}; ${say('table.in-file', { file: `${name}.csv` })}`;
    return {
      text: `${text}\n${note}`,
      file: { name: `${name}.csv`, csv: csvOf(say, table), table, shown: count },
      // Of a block in which nothing is cut, a picture would show the same once more.
      pictures: block && !block.isCut ? charts : [...charts, tablePicture(say, `${name}.png`, table, grid)],
    };
  }
}

interface Shown {
  text: string | undefined;
  file?: TableFile;
  pictures: TablePicture[];
}

/** The whole table: as a block if it is narrow enough and nothing in it needs to be drawn, otherwise as cards. */
function wholeForm(say: Say, table: Table, grid: Grid, rules: TextRules): { text: string; short: boolean } {
  const widths = columnWidths(grid);
  const isNarrow = gridWidth(widths) <= BLOCK_COLUMNS;
  const isDrawing = table.rows.flat().some(isDrawn);
  const wrapped = isNarrow || isDrawing ? undefined : wrappedForm(say, table, grid, widths);
  if (wrapped !== undefined) return { text: wrapped, short: true };
  if (table.rows.length === 0 && !isNarrow) return { text: within(table, columnsForm(say, table, rules)), short: true };
  if (!isNarrow || isDrawing) {
    const text = cardsForm(table, rules).join('\n\n');
    const short = text.length <= CARDS.chars && text.split('\n').length <= CARDS.lines;
    return { text: within(table, text), short };
  }
  const blocks: string[] = [];
  for (let from = 0; from === 0 || from < table.rows.length;) {
    const count = rowsThatFit(grid, widths, from, BLOCK.rows);
    const place = from === 0 ? table : { ...table, opening: table.quotes };
    blocks.push(blockForm(say, place, rowsOf(grid, from, count), widths));
    from += Math.max(1, count);
  }
  return { text: blocks.join('\n'), short: blocks.length === 1 };
}

/** A table that is a little too wide as a block whose cells take several lines; undefined where that does not help. */
function wrappedForm(say: Say, table: Table, grid: Grid, whole: readonly number[]): string | undefined {
  if (gridWidth(whole) > WRAPPED_COLUMNS || grid.rows.length > BLOCK.rows) return undefined;
  // A piece of such a cell would run in the other direction.
  if ([grid.header, ...grid.rows].flat().some((cell) => cell.includes(LEFT_TO_RIGHT_MARK))) return undefined;
  const widths = wrappedWidths(grid, BLOCK_COLUMNS);
  if (!widths) return undefined;
  const text = blockForm(say, table, grid, widths, 'wrapped');
  return text.length > BLOCK.chars ? undefined : text;
}

/** The first rows as a block. Undefined when cutting long cells does not make it narrow enough. */
function firstRows(say: Say, table: Table, grid: Grid): (FirstOf & { isCut: boolean }) | undefined {
  const most = rowsOf(grid, 0, FIRST_ROWS);
  const widths = squeezedWidths(most, BLOCK_COLUMNS);
  if (!widths) return undefined;
  const count = rowsThatFit(grid, widths, 0, FIRST_ROWS);
  const shown = rowsOf(grid, 0, count);
  const isCut = [shown.header, ...shown.rows].some((row) => row.some((cell, at) => displayWidth(cell) > widths[at]!));
  return { text: blockForm(say, table, shown, widths), told: told(say, table, count, isCut), count, isCut };
}

/** What is shown of a table from a row on, without the place that it stands in. */
export function partFrom(say: Say, table: Table, from: number, rules: TextRules): FirstOf {
  const rows = table.rows.slice(from, from + FIRST_ROWS);
  const part = { ...table, rows, opening: '', quotes: '', indent: '', isItem: false };
  return firstRows(say, part, gridOf(part)) ?? firstCards(say, part, rules);
}

/** The beginning of a table, and the words for how much of it that is. */
export interface FirstOf {
  text: string;
  told: string;
  count: number;
}

function firstCards(say: Say, table: Table, rules: TextRules): FirstOf {
  const first = { ...table, rows: table.rows.slice(0, FIRST_CARDS.lines) };
  const whole = cardsForm(first, rules);
  const cards = cardsForm(first, rules, FIRST_CARDS.cell);
  let count = 0;
  for (let lines = 0, chars = 0; count < cards.length; count += 1) {
    lines += cards[count]!.split('\n').length + 1;
    chars += cards[count]!.length + 2;
    if (count > 0 && (lines > FIRST_CARDS.lines || chars > FIRST_CARDS.chars)) break;
  }
  const isCut = cards.slice(0, count).some((card, at) => card !== whole[at]);
  return { text: within(table, cards.slice(0, count).join('\n\n')), told: told(say, table, count, isCut), count };
}

function told(say: Say, table: Table, shown: number, isCut: boolean): string {
  const few = shown < table.rows.length ? say('table.shown', { number: shown }) : '';
  return [few, isCut ? say('table.cut') : ''].filter(Boolean).join(', ');
}

/** How many rows from `from` on, at most `most`, make a block that fits into a message. */
function rowsThatFit({ rows }: Grid, widths: readonly number[], from: number, most: number): number {
  const line = gridWidth(widths) + 1;
  let room = BLOCK.chars - 2 * line;
  let count = 0;
  for (; count < most && from + count < rows.length; count += 1) {
    // Invisible and combining characters count against the limit as well.
    room -= line + rows[from + count]!.reduce((sum, cell) => sum + Math.max(0, cell.length - displayWidth(cell)), 0);
    if (room < 0 && count > 0) break;
  }
  return count;
}

function rowsOf(grid: Grid, from: number, count: number): Grid {
  return { ...grid, rows: grid.rows.slice(from, from + count) };
}

function csvOf(say: Say, { header, rows }: Table): string {
  const titled = header.some((cell) => cell !== '');
  const cells = [...(titled ? [header] : []), ...rows].map((row) => row.map((cell) => plainCell(cell, '\n')));
  return csv(cells).replaceAll(REDACTED, say('text.secret'));
}
