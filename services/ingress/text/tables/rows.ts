import { readLineMarks } from '../line-marks.ts';

/** What the header tells about the rows below it. */
export interface TableShape {
  depth: number;
  columns: number;
  /** Whether the header begins with a pipe. */
  piped: boolean;
}

/** A header that does not begin with a pipe has its first pipe so early that a growing text can wait for it. */
const EARLY_PIPE = /^[^|]{1,24}\|/;
const MAY_BE_EARLY = /^[^|]{0,24}(?:\||$)/;
/** The first words of an answer do not wait: there the first pipe comes after one word. */
const FIRST_PIPE = /^[^|\s]{1,40}[ \t]*\|/;
const MAY_BE_FIRST = /^[^|\s]{0,40}[ \t]*(?:\||$)/;
const OTHER_BLOCK = /^(?:#{1,6} |-# |`{3}|~{3})/;
const HALF_ITEM = /^(?:[-*+]|\d{1,9}[.)]?)$/;
const DELIMITER = /^\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?$/;
const HALF_DELIMITER = /^[|:\- \t]*$/;

/**
 * Whether two lines begin a table (GFM): a header with pipes, and a row of dashes below it. `first`: the header is the
 * text's first line.
 */
export function startsTable(header: string, delimiter: string, first: boolean): TableShape | undefined {
  const below = delimiterText(delimiter);
  if (!below.includes('|') || !DELIMITER.test(below)) return undefined;
  const above = readLineMarks(header);
  const { depth } = readLineMarks(delimiter);
  if (above.depth !== depth || !opensTable(above.text, above.item !== '', first)) return undefined;
  const dashes = splitRow(below).length;
  const columns = splitRow(above.text, dashes).length;
  // GFM wants the same number of both. Models miscount, and two lines that have two of each were meant as a table.
  if (columns !== dashes && (columns < 2 || dashes < 2)) return undefined;
  return { depth, columns: Math.max(columns, dashes), piped: above.text.startsWith('|') };
}

/** The row of dashes without its line's opening marks. A first dash stays: it is not a list item's mark here. */
export function delimiterText(line: string): string {
  const { item, text } = readLineMarks(line);
  return item.startsWith('-') ? `${item}${text}` : text;
}

/** Whether a line continues a table. */
export function continuesTable(line: string, shape: TableShape): boolean {
  const { depth, text } = readLineMarks(line);
  if (depth !== shape.depth || !text.includes('|') || !mayContinueTable(line)) return false;
  return text.startsWith('|') || !shape.piped || splitRow(text, shape.columns).length === shape.columns;
}

/** Whether the beginning of a line may continue the table above it. */
export function mayContinueTable(line: string): boolean {
  const { item, text } = readLineMarks(line);
  return HALF_ITEM.test(text) || text === '' || (item === '' && !OTHER_BLOCK.test(text));
}

/** Whether the beginning of a line may become the header of a table. `first`: it is the text's first line. */
export function mayOpenTable(line: string, first: boolean): boolean {
  const { item, text } = readLineMarks(line);
  if (text === '' || text.startsWith('|') || HALF_ITEM.test(text)) return true;
  return item === '' && !OTHER_BLOCK.test(text) && (first ? MAY_BE_FIRST : MAY_BE_EARLY).test(text);
}

function opensTable(text: string, inItem: boolean, first: boolean): boolean {
  if (text.startsWith('|')) return true;
  return !inItem && !OTHER_BLOCK.test(text) && (first ? FIRST_PIPE : EARLY_PIPE).test(text);
}

/** Whether a line is, or may become, the row of dashes. */
export function mayBeDelimiter(line: string): boolean {
  return HALF_DELIMITER.test(readLineMarks(line).text);
}

/** Whether a row of a table only draws a line. */
export function isRule(cells: readonly string[]): boolean {
  return cells.length > 0 && cells.every((cell) => /^:?-{3,}:?$/.test(cell));
}

/**
 * The cells of a row, as they are written. A pipe within inline code divides cells, as in GFM, unless the row would
 * then have another number of cells than the table.
 */
export function splitRow(row: string, columns?: number): string[] {
  const cells = cut(row, false);
  return columns === undefined || cells.length === columns || !row.includes('`') ? cells : cut(row, true);
}

function cut(row: string, mindCode: boolean): string[] {
  const text = row.trim().replace(/^\|/, '');
  const cells: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '`' && mindCode) at = codeEnd(text, at) - 1;
    else if (text[at] === '|') {
      cells.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  const last = text.slice(from).trim();
  // The pipe at a row's end closes it.
  return last === '' && from > 0 ? cells : [...cells, last];
}

/** The place after the inline code that begins here, or after its backticks when it has no end. */
function codeEnd(text: string, at: number): number {
  const [marker = ''] = /^`+/.exec(text.slice(at)) ?? [];
  const close = new RegExp(String.raw`(?<!\`)${marker}(?!\`)`, 'g');
  close.lastIndex = at + marker.length;
  const found = close.exec(text);
  return found ? found.index + marker.length : at + marker.length;
}
