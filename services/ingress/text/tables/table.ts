import type { Align } from '#shared/tables/grid.ts';
import { readLineMarks } from '../line-marks.ts';
import { delimiterText, isRule, splitRow } from './rows.ts';

/** A table of a text. Cells are as they are written, including Markdown; every row has as many as the header. */
export interface Table {
  /** The marks that its first line begins with: quote marks, and a list item's mark. */
  opening: string;
  /** The quote mark that its other lines begin with. */
  quotes: string;
  /** The indentation of text in the same list item. */
  indent: string;
  /** Whether it begins with a list item's mark. */
  isItem: boolean;
  header: string[];
  align: (Align | undefined)[];
  rows: string[][];
}

/**
 * Reads the lines of a table: see `startsTable`. Short rows are filled up; surplus cells get a column without a name.
 * An empty column is left out.
 */
export function readTable(text: string): Table {
  const [first = '', delimiter = '', ...lines] = text.split('\n');
  const { quotes, depth, indent, item, text: heading } = readLineMarks(first);
  const dashes = splitRow(delimiterText(delimiter));
  const header = splitRow(heading, dashes.length);
  const columns = Math.max(header.length, dashes.length);
  const rows = lines.map((line) => splitRow(readLineMarks(line).text, columns)).filter((cells) => !isRule(cells));
  const widest = Math.max(columns, ...rows.map((cells) => cells.length));
  const kept = Array.from({ length: widest }, (_, at) => at).filter((at) => [header, ...rows].some((row) => row[at]));
  const whole = (cells: string[]): string[] => kept.map((at) => cells[at] ?? '');
  return {
    opening: quotes + item,
    quotes: depth > 0 ? '> ' : '',
    indent: indent + ' '.repeat(item.length),
    isItem: item !== '',
    header: whole(header),
    align: whole(dashes).map(alignOf),
    rows: rows.map(whole),
  };
}

function alignOf(dashes: string): Align | undefined {
  const [left, right] = [dashes.startsWith(':'), dashes.endsWith(':')];
  if (right) return left ? 'center' : 'right';
  return left ? 'left' : undefined;
}
