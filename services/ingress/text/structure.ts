import { REST_QUOTED } from './line-marks.ts';
import { readLines, type Fence, type Line } from './lines.ts';
import { listOpening } from './lists.ts';
import { readSpans, type Span } from './spans.ts';

/** The structure of a text, as far as cutting needs it. */
export interface Structure {
  text: string;
  lines: Line[];
  spans: Span[];
  /** Where the rest of the text begins to be quoted (`>>> `); Infinity where nothing is. */
  restQuoted: number;
}

/** What must be written around a cut: `close` ends the part before it, `open` begins the part after it. */
export interface Seam {
  close: string;
  open: string;
}

const LINE_MARKS = /^(?: {0,3}> ?)*[ \t]*(?:#{1,3} |-# )?/;

/** Marks that begin a block at a line's beginning, and are plain text within a line. */
const BLOCK_MARK = /^(?:`{3}|~{3}|#{1,3} |-# |> |>>> |[-*+] |\d{1,9}[.)] )/;

/** Reads a text's structure. With `growing`, more text may follow, so that open emphasis counts (see readSpans). */
export function readStructure(text: string, growing = false): Structure {
  const lines = readLines(text);
  return { text, lines, spans: readSpans(text, lines, growing), restQuoted: findRestQuote(text, lines) };
}

/** The line in which a position lies. */
export function lineAt(structure: Structure, at: number): Line {
  return structure.lines[lineIndex(structure, at)]!;
}

function lineIndex({ lines }: Structure, at: number): number {
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (lines[middle]!.start <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The fence that is open at a position: from after its opening marker up to the end of its code. */
export function fenceAt(structure: Structure, at: number): Fence | undefined {
  const { fence } = lineAt(structure, at);
  return fence && at >= markerStart(fence) + fence.marker.length && at <= fence.bodyEnd ? fence : undefined;
}

/** Where a fence's opening marker begins, after its quote marks and indentation. */
export function markerStart(fence: Fence): number {
  return fence.start + fence.prefix.length;
}

/** Spans that a cut at this place would break, outermost first. */
export function spansAt(structure: Structure, at: number): Span[] {
  return structure.spans.filter((span) => span.start < at && at < span.end);
}

/**
 * What closes the markup that is open at `at` and opens it again at `next`, the first character after the cut's
 * whitespace. Neither is longer than `most`, lest marks fill a part: the look is given up first (language, indentation,
 * a table's header), and the markup itself only if that is not enough.
 */
export function seamAt(structure: Structure, at: number, next: number, most = Infinity): Seam {
  const { fence } = lineAt(structure, next);
  if (fence && next > fence.start && next <= markerStart(fence)) return { close: '', open: '' };
  const open = fenceAt(structure, at);
  const inside = open && (next <= open.bodyEnd || next < open.end);
  const wordings = inside ? fenceSeams(structure, open, next) : textSeams(structure, at, next);
  const fitting = wordings.find((seam) => seam.close.length <= most && seam.open.length <= most);
  return fitting ?? { close: '', open: '' };
}

/** Seams for emphasis and inline code, first with the marks that the line begins with. */
function textSeams(structure: Structure, at: number, next: number): Seam[] {
  const spans = spansAt(structure, at).filter((span) => span.marker !== '' && span.openEnd < at && next < span.end);
  const open = spans.map((span) => span.marker).join('');
  const close = spans
    .toReversed()
    .map((span) => span.marker)
    .join('');
  // At a line's beginning, inline code of three backticks would begin a block.
  const apart = open.startsWith('```') ? '\u200b' : '';
  const marks = apart + open;
  return [
    { close, open: lineOpening(structure, next) + marks },
    { close, open: marks },
  ];
}

/** Seams for a code block, first with its language and indentation, then with only what it needs. */
function fenceSeams(structure: Structure, fence: Fence, next: number): Seam[] {
  const { start } = lineAt(structure, next);
  const rest = structure.restQuoted < next ? '>>> ' : '';
  const lineMarks = fence.prefix.replace(REST_QUOTED, '');
  const quotes = /^(?: {0,3}> ?)*/.exec(lineMarks)?.[0] ?? '';
  const prefix = lineMarks
    .replace(/(?:[-*+]|\d{1,9}[.)]) +$/, (mark) => ' '.repeat(mark.length))
    .replace(/ {8,}/g, ' '.repeat(8));
  // Text from within a line must not become a closing mark on a line of its own.
  const closes = next > fence.bodyEnd;
  const apart = !closes && /^[^\S\n]*[`~]/.test(structure.text.slice(next, next + 200)) ? '\u200b' : '';
  function seam(indent: string, quote: string, language: string): Seam {
    const inLine = next > start ? quote + apart : '';
    return {
      close: `\n${indent}${fence.marker}`,
      open: `${rest}${quote}${fence.marker}${language}\n${inLine}`,
    };
  }
  // Discord has only one level of quotes.
  const quote = quotes === '' ? '' : '> ';
  return [seam(prefix, quotes, fence.language), seam(quote, quote, '')];
}

/** What a part must begin with so that its first line looks as before: quote and heading marks, a table's header. */
function lineOpening(structure: Structure, next: number): string {
  const { text } = structure;
  const line = lineAt(structure, next);
  if (line.table && next === line.start && next > line.table.start + line.table.header.length - 1)
    return line.table.header;
  const rest = structure.restQuoted < next ? '>>> ' : '';
  if (next <= line.start) return rest;
  const marks = LINE_MARKS.exec(text.slice(line.start, line.end).replace(REST_QUOTED, ''))?.[0] ?? '';
  const insideMarks = line.start + marks.length > next;
  const opening = rest + (insideMarks || line.table ? '' : marks.trimStart());
  const cutLine = text.slice(line.start, next).trim() !== '';
  if (!cutLine) return opening + listOpening(text, structure.lines, lineIndex(structure, next));
  return BLOCK_MARK.test(text.slice(next, next + 12)) ? `${opening}\u200b` : opening;
}

/** Where Discord's mark for quoting the rest of the message stands, Infinity where it does not. */
function findRestQuote(text: string, lines: readonly Line[]): number {
  const quoted = lines.find(
    (line) =>
      (!line.fence || line.start === line.fence.start) && REST_QUOTED.test(text.slice(line.start, line.start + 40)),
  );
  return quoted?.start ?? Infinity;
}
