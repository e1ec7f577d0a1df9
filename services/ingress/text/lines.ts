import { REST_QUOTED } from './line-marks.ts';
import { continuesTable, startsTable } from './tables/rows.ts';

/** A code fence: ``` or ~~~, of any length, perhaps inside a block quote. Its places are offsets into the text. */
export interface Fence {
  /** Where its opening line begins. */
  start: number;
  /** Where its first line of code begins. */
  bodyStart: number;
  /** Where its code ends: before the newline that precedes the closing line, or the text's end. */
  bodyEnd: number;
  /** After its closing line, or the text's end. */
  end: number;
  /** Quote marks and indentation before the opening marker. */
  prefix: string;
  marker: string;
  /** The language, without the rest of the info string. */
  language: string;
  closed: boolean;
}

/** A pipe table: header line, separator line, rows. */
export interface Table {
  start: number;
  end: number;
  /** Header and separator, with the newline after each. */
  header: string;
}

export interface Line {
  start: number;
  /** Before its newline. */
  end: number;
  blank: boolean;
  fence?: Fence;
  table?: Table;
}

const FENCE = /^((?: {0,3}> ?)*[^\S\n]*(?:(?:[-*+]|\d{1,9}[.)]) +)?)(`{3,}|~{3,})([^\n]*)$/;
const CODE_BEGINS = /(?: {0,3}> ?)*[^\S\n]*(?:(?:[-*+]|\d{1,9}[.)]) +)?(?:`{3}|~{3})/y;
const LONGEST_INFO = 200;
const QUOTE = /^ {0,3}> ?/;

/**
 * Cuts a text into lines and says which belong to a fence or a table. It reads once, from left to right. Lines that
 * have been read never change their nature, except a table's header.
 */
export function readLines(text: string): Line[] {
  const lines: Line[] = [];
  let open: Fence | undefined;
  for (let start = 0; start <= text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const line: Line = { start, end, blank: text.slice(start, end).trim() === '' };
    const content = text.slice(start, end);
    if (open && isQuoted(open.prefix) && !isQuoted(content)) open = closeFence(open, start - 1, start - 1, true);
    if (open) {
      line.fence = open;
      if (closes(content, open)) open = closeFence(open, Math.max(open.bodyStart, start - 1), end, true);
    } else {
      open = opensFence(content, start, end, text.length);
      if (open) line.fence = open;
    }
    lines.push(line);
    start = end + 1;
  }
  if (open) closeFence(open, text.length, text.length, false);
  markTables(text, lines);
  return lines;
}

function isQuoted(line: string): boolean {
  return QUOTE.test(line) && !REST_QUOTED.test(line);
}

/** Whether a line begins like the opening of a code block, whether it is one or not. */
export function seemsCode(text: string, line: Line): boolean {
  CODE_BEGINS.lastIndex = line.start;
  return CODE_BEGINS.test(text);
}

/** Whether a line with this content would open a code block. */
export function opensCode(content: string): boolean {
  const [, , marker = '', info = ''] = FENCE.exec(content) ?? [];
  return marker !== '' && !isProse(marker, info);
}

/** A backtick in the info string makes it inline code (CommonMark 4.5); a very long info string is no language. */
function isProse(marker: string, info: string): boolean {
  return info.length > LONGEST_INFO || (marker.startsWith('`') && info.includes('`'));
}

function opensFence(content: string, start: number, end: number, length: number): Fence | undefined {
  const match = FENCE.exec(content);
  if (!match) return undefined;
  const [, prefix = '', marker = '', info = ''] = match;
  if (isProse(marker, info)) return undefined;
  const language = /^[ \t]*([A-Za-z0-9_+#.-]{1,24})[ \t]*$/.exec(info)?.[1] ?? '';
  const bodyStart = Math.min(end + 1, length);
  return { start, bodyStart, bodyEnd: length, end: length, prefix, marker, language, closed: false };
}

function closes(content: string, fence: Fence): boolean {
  const bare = content.replace(/^(?: {0,3}> ?)*[^\S\n]*/, '').trimEnd();
  const [first = ''] = fence.marker;
  return bare.length >= fence.marker.length && bare === first.repeat(bare.length);
}

function closeFence(fence: Fence, bodyEnd: number, end: number, closed: boolean): undefined {
  Object.assign(fence, { bodyEnd: Math.max(fence.bodyStart, bodyEnd), end: Math.max(fence.bodyStart, end), closed });
  return undefined;
}

function markTables(text: string, lines: Line[]): void {
  const contentOf = ({ start, end }: Line): string => text.slice(start, end);
  for (let at = 1; at < lines.length; at += 1) {
    const header = lines[at - 1]!;
    const delimiter = lines[at]!;
    if (header.fence || delimiter.fence) continue;
    const shape = startsTable(contentOf(header), contentOf(delimiter), at === 1);
    if (!shape) continue;
    let last = at;
    for (let next = lines[at + 1]; next && !next.fence && continuesTable(contentOf(next), shape);) {
      last += 1;
      next = lines[last + 1];
    }
    const table: Table = {
      start: header.start,
      end: lines[last]!.end,
      header: text.slice(header.start, delimiter.end) + '\n',
    };
    for (const line of lines.slice(at - 1, last + 1)) line.table = table;
    at = last + 1;
  }
}
