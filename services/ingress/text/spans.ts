import type { Line } from './lines.ts';

/** A stretch of inline markup, as offsets into the text; `closeStart` is Infinity while it is open. */
export interface Span {
  start: number;
  openEnd: number;
  closeStart: number;
  end: number;
  /** What opens and closes it; empty for a link, which cannot be carried over a cut. */
  marker: string;
}

interface Scan {
  text: string;
  end: number;
  open: Opener[];
  spans: Span[];
}

interface Opener {
  start: number;
  marker: string;
}

/** No more marks than this are ever open at once; the earlier ones were not marks. */
const DEEPEST = 6;
const DELIMITER = /\*+|_+|~+|\|+/y;
const MARKERS = new Set(['*', '**', '***', '_', '__', '___', '~~', '||']);
const LINK = /!?\[(?:\\.|[^[\]\\\n]){0,1000}\]\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)/y;
const QUOTED = /^ {0,3}>/;
const ITEM = /^(?: {0,3}> ?)*[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]|#{1,3} |-# )/;
const ADDRESS = /<[^\s<>]+>|https?:\/\/[^\s<>|]*[^\s<>|*_~]/y;

/**
 * Finds emphasis, spoilers, inline code and links. Markup pairs within one block of text lines. With `growing`, what is
 * open in the last block counts as open to the text's end, because its closing mark may still come.
 */
export function readSpans(text: string, lines: readonly Line[], growing: boolean): Span[] {
  const spans: Span[] = [];
  for (const [start, end] of blocks(text, lines)) {
    const last = end === text.length;
    const scan: Scan = { text, end, open: [], spans };
    scanBlock(scan, start, growing && last);
    if (!growing || !last) continue;
    for (const { start: at, marker } of scan.open.slice(-DEEPEST)) {
      spans.push({ start: at, openEnd: at + marker.length, closeStart: Infinity, end: Infinity, marker });
    }
  }
  return spans.toSorted((a, b) => a.start - b.start || b.end - a.end);
}

/** Ranges of text lines without a blank line or fence between them. Table rows, list items and headings begin one. */
function blocks(text: string, lines: readonly Line[]): [number, number][] {
  const out: [number, number][] = [];
  let current: [number, number] | undefined;
  let quoted = false;
  for (const line of lines) {
    const leaves = quoted !== QUOTED.test(text.slice(line.start, line.end));
    if (leaves) quoted = !quoted;
    if (line.fence || line.blank) {
      current = undefined;
    } else if (current && !leaves && !line.table && !ITEM.test(text.slice(line.start, line.end))) {
      current[1] = line.end;
    } else {
      const range: [number, number] = [line.start, line.end];
      out.push(range);
      current = line.table ? undefined : range;
    }
  }
  return out;
}

function scanBlock(scan: Scan, start: number, growing: boolean): void {
  const { text, end } = scan;
  for (let at = start; at < end;) {
    const char = text[at];
    if (char === '\\') at += 2;
    else if (char === '`') at = scanCode(scan, at, growing);
    else at = skipWhole(scan, at) ?? scanDelimiter(scan, at) ?? at + 1;
  }
}

function scanCode(scan: Scan, at: number, growing: boolean): number {
  const { text, end, spans } = scan;
  const run = runLength(text, at, end);
  const marker = '`'.repeat(run);
  for (let close = text.indexOf('`', at + run); close >= 0 && close < end;) {
    const length = runLength(text, close, end);
    if (length === run) {
      spans.push({ start: at, openEnd: at + run, closeStart: close, end: close + run, marker });
      return close + run;
    }
    close = text.indexOf('`', close + length);
  }
  if (!growing) return at + run;
  spans.push({ start: at, openEnd: at + run, closeStart: Infinity, end: Infinity, marker });
  return end;
}

function runLength(text: string, at: number, end: number): number {
  let to = at;
  while (to < end && text[to] === '`') to += 1;
  return to - at;
}

/** Skips a link or an address, in which no mark is emphasis. */
function skipWhole(scan: Scan, at: number): number | undefined {
  const { text, end, spans } = scan;
  const char = text[at];
  if (char !== '[' && char !== '!' && char !== '<' && char !== 'h') return undefined;
  const link = matchAt(LINK, text, at, end);
  if (link) spans.push({ start: at, openEnd: at, closeStart: at + link, end: at + link, marker: '' });
  const length = link ?? matchAt(ADDRESS, text, at, end);
  return length === undefined ? undefined : at + length;
}

function matchAt(pattern: RegExp, text: string, at: number, end: number): number | undefined {
  pattern.lastIndex = at;
  const length = pattern.exec(text)?.[0].length;
  return length !== undefined && at + length <= end ? length : undefined;
}

function scanDelimiter(scan: Scan, at: number): number | undefined {
  const { text, end, open, spans } = scan;
  const length = matchAt(DELIMITER, text, at, end);
  if (length === undefined) return undefined;
  const marker = text.slice(at, at + length);
  if (!MARKERS.has(marker)) return at + length;
  const before = at === 0 ? ' ' : text[at - 1]!;
  const after = at + length >= end ? ' ' : text[at + length]!;
  // An underscore inside a word, as in snake_case, is not emphasis.
  const inWord = marker === '_' && /\w/.test(before) && /\w/.test(after);
  if (inWord) return at + length;
  const opener = open.findLastIndex((entry) => entry.marker === marker);
  if (opener >= 0 && !/\s/.test(before) && open[opener]!.start + length < at) {
    const { start } = open[opener]!;
    open.length = opener;
    spans.push({ start, openEnd: start + length, closeStart: at, end: at + length, marker });
  } else if (!/\s/.test(after)) {
    open.push({ start: at, marker });
  }
  return at + length;
}
