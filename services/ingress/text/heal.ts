import type { Fence } from './lines.ts';
import type { Span } from './spans.ts';
import { readStructure, seamAt } from './structure.ts';

const HALF_LINK = /!?\[((?:\\.|[^[\]\\\n])*)(?:\](\([^()\n`]*(?:\([^()\n`]*\)?[^()\n`]*)*)?)?$/;
/** Backticks at the end of inline code may begin its closing mark; one more would make it a different mark. */
const HALF_MARK = /`+$/;
const HALF_ESCAPE = /(?<!\\)(?:\\\\)*\\$/;
const DANGLING = /(?:(?<=^|\s)(?:[*_~`]|\|\|)+\s*)+$/;

/**
 * Closes what is still open in a text that is being written: fences, inline code, emphasis, spoilers. An incomplete
 * link shows its text; marks that open nothing yet are left out. Complete Markdown is returned unchanged.
 */
export function healMarkdown(partial: string): string {
  const text = lastFence(partial) ? partial : withoutBlankEnd(partial);
  const fence = lastFence(text);
  if (fence) return fence.closed ? partial : closed(text, text.endsWith('\n') ? 1 : 0) + partial.slice(text.length);
  let whole = text;
  for (let before = ''; before !== whole;) {
    before = whole;
    whole = withoutBlankEnd(inCode(whole) ? whole.replace(HALF_MARK, '') : withoutHalves(whole));
  }
  return closed(whole, 0) + partial.slice(text.length);
}

function lastFence(text: string): Fence | undefined {
  return readStructure(text, true).lines.at(-1)?.fence;
}

/** The text with the marks that close it, without the first `skip` characters of these marks. */
function closed(text: string, skip: number): string {
  const structure = readStructure(text, true);
  return text + seamAt(structure, text.length, text.length).close.slice(skip);
}

/** The text without its last blank lines; a line with nothing but a quote mark is blank too. */
function withoutBlankEnd(text: string): string {
  const lines = text.split('\n');
  while (lines.length > 0 && /^[\s>]*$/.test(lines.at(-1)!)) lines.pop();
  return lines.join('\n').trimEnd();
}

function inCode(text: string): boolean {
  const { spans } = readStructure(text, true);
  return spans.some(
    (span) => span.end === Infinity && span.marker.startsWith('`') && text.slice(span.openEnd).trim() !== '',
  );
}

function withoutHalves(text: string): string {
  const half = HALF_LINK.exec(text);
  const complete = half !== null && half[0].endsWith(')') && balanced(half[0]);
  const shown = half?.[2] !== undefined && !complete ? text.slice(0, half.index) + half[1]! : text;
  const { spans } = readStructure(shown, true);
  if (spans.some((span) => span.end === shown.length)) return shown;
  const empty = spans.find((span) => span.end === Infinity && shown.slice(span.openEnd).trim() === '');
  const whole = (empty ? shown.slice(0, empty.start) : shown).replace(DANGLING, '');
  const innermost = readStructure(whole, true).spans.findLast((span) => span.end === Infinity);
  return innermost ? withoutHalfMark(whole, innermost) : whole;
}

function balanced(text: string): boolean {
  return text.split('(').length === text.split(')').length;
}

/** "**bold*" has half of its closing mark, and a backslash at the end would escape the rest. */
function withoutHalfMark(text: string, open: Span): string {
  let end = text.length - (HALF_ESCAPE.test(text.slice(open.openEnd)) ? 1 : 0);
  while (end > open.openEnd && '*_~|'.includes(text[end - 1]!)) end -= 1;
  return text.slice(0, end);
}
