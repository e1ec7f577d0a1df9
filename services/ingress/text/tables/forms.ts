import { alignGrid, alignWrapped, cardsOf, columnWidths, type Grid } from '#shared/tables/grid.ts';
import { cutToWidth, displayWidth } from '#shared/tables/width.ts';
import type { Say } from '#services/ingress/language/say.ts';
import { breakFences } from '../code.ts';
import type { TextRules } from '../tokens.ts';
import { markedCell, plainCell } from './cell-text.ts';
import type { Table } from './table.ts';

/** Discord does not indent deeper lists any further. */
const MOST_INDENT = 8;
const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
/** Keeps columns in the order of the line, whichever way a cell's text runs. It is invisible. */
export const LEFT_TO_RIGHT_MARK = '\u200e';
/** Marks that begin a block at a line's beginning. */
const BLOCK_MARK = /^(?:#{1,3} |-# |>|`{3}|~{3}|[-*+] |\d{1,9}[.)] )/;

/** A table's cells as a code block shows them. */
export function gridOf({ header, rows, align }: Table): Grid {
  const shown = (cell: string): string => {
    const text = plainCell(cell);
    return RIGHT_TO_LEFT.test(text) ? LEFT_TO_RIGHT_MARK + text + LEFT_TO_RIGHT_MARK : text;
  };
  return { header: header.map(shown), rows: rows.map((row) => row.map(shown)), align };
}

/**
 * A code block with aligned columns, whose cells are cut or wrapped where they are wider. It is not indented: within a
 * list, the indentation would show in its lines.
 */
export function blockForm(
  say: Say,
  table: Table,
  grid: Grid,
  widths: readonly number[] = columnWidths(grid),
  wider: 'cut' | 'wrapped' = 'cut',
): string {
  const { head, rule, rows } = wider === 'cut' ? alignGrid(grid, widths) : alignWrapped(grid, widths);
  const titled = head === '' ? rows : [...head.split('\n'), rule, ...rows];
  const body = (rows.length === 0 ? [...titled, say('table.no-rows')] : titled).map(
    (line) => table.quotes + breakFences(line),
  );
  return [`${table.opening}\`\`\``, ...body, `${table.quotes}\`\`\``].join('\n');
}

/** Each row as its first cell in bold and a line for each other cell; cells longer than `most` columns are cut. */
export function cardsForm(table: Table, rules: TextRules, most = Infinity): string[] {
  const written = (cell: string): string => markedCell(cutCell(cell, most), rules);
  const keys = table.header.map((heading) => markedCell(escapeMarks(plainCell(heading)), rules));
  return cardsOf({ ...table, header: keys }).map(({ title, fields }) => {
    const name = written(title.replaceAll(/(?<!\\)\*\*/g, ''));
    const lines = fields.map(({ key, value }) =>
      atLineStart(key === '' ? written(value) : `${key}: ${written(value)}`),
    );
    return [...(name === '' ? [] : [`**${name}**`]), ...lines].join('\n');
  });
}

/** What is left to say about a table without rows that is too wide for a block. */
export function columnsForm(say: Say, { header }: Table, rules: TextRules): string {
  const names = header.map((heading) => markedCell(escapeMarks(plainCell(heading)), rules));
  return say('table.columns', { names: names.join(', ') });
}

function cutCell(cell: string, most: number): string {
  const text = plainCell(cell);
  return displayWidth(text) > most ? escapeMarks(cutToWidth(text, most)) : cell;
}

function escapeMarks(text: string): string {
  return text.replaceAll(/[\\`*_~|[\]]/g, '\\$&');
}

function atLineStart(line: string): string {
  return BLOCK_MARK.test(line) ? `\u200b${line}` : line;
}

/** The lines, put into the quote and the list item that the table stands in. */
export function within({ opening, quotes, indent, isItem }: Table, text: string): string {
  const space = indent.slice(0, MOST_INDENT);
  return opening + (isItem ? '' : space) + text.replaceAll('\n', `\n${quotes}${space}`);
}
