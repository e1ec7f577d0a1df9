import { breaksMarks, chooseCut } from './cuts.ts';
import { seemsCode } from './lines.ts';
import { fenceAt, lineAt, readStructure, seamAt, type Structure } from './structure.ts';

/** Discord refuses longer contents. UTF-16 units are counted, which are never fewer than what Discord counts. */
export const DISCORD_LIMIT = 2000;

/** One part. `open + text + close` is sent. The source is `skipped + text` of all parts and the last `rest`. */
export interface Part {
  /** Whitespace at the cut before this part, which Discord would trim anyway. */
  skipped: string;
  /** Marks that reopen what the cut closed. */
  open: string;
  text: string;
  /** Marks that close what is still open. */
  close: string;
  /** Whitespace after the last part; empty for the others. */
  rest: string;
}

export interface SplitOptions {
  limit?: number;
  /** More text may follow: open emphasis at the end is then closed. */
  growing?: boolean;
}

/**
 * Splits Markdown into messages of at most `limit` UTF-16 units, at paragraphs if possible, or else at lines,
 * sentences, words, or characters. Fences, quotes, emphasis and table headers are closed and opened again around a cut.
 * Empty for blank text.
 */
export function splitMessage(markdown: string, options: SplitOptions = {}): string[] {
  return splitParts(markdown, options).map(partContent);
}

export function partContent(part: Part): string {
  return part.open + part.text + part.close;
}

/** The source of parts: the inverse of `splitParts` (blank texts have no parts). */
export function joinParts(parts: readonly Part[]): string {
  return parts.map((part) => part.skipped + part.text + part.rest).join('');
}

export function splitParts(markdown: string, options: SplitOptions = {}): Part[] {
  const { limit = DISCORD_LIMIT, growing = false } = options;
  const structure = readStructure(markdown, growing);
  const parts: Part[] = [];
  for (let at = 0; at < markdown.length;) {
    const part = nextPart(structure, at, limit);
    if (!part) break;
    parts.push(part);
    at += part.skipped.length + part.text.length + part.rest.length;
  }
  return parts;
}

/**
 * The part that begins at `from`, which is the text's start or a cut; undefined when only whitespace is left. Text
 * before `shown` is not left to the next part.
 */
export function nextPart(whole: Structure, from: number, limit: number, shown = 0): Part | undefined {
  const structure = nearby(whole, from, limit);
  const { text } = structure;
  const start = from + skippedLength(structure, from, limit);
  if (text.slice(start).trim() === '') return undefined;
  const skipped = text.slice(from, start);
  const open =
    (from === 0 ? '' : seamAt(structure, from, start, share(limit)).open) + textMark(structure, start, limit);
  const length = text.trimEnd().length;
  const close = seamAt(structure, length, length, share(limit)).close;
  if (open.length + length - start + close.length <= limit) {
    return { skipped, open, text: text.slice(start, length), close, rest: text.slice(length) };
  }
  const room = limit - open.length;
  const fits = (at: number): boolean => {
    const length = textLength(structure, start, at, limit);
    return length > 0 && length + closing(structure, start + length, limit).length <= room;
  };
  const cut = chooseCut(structure, { from: start, to: Math.min(start + room, text.length), limit, shown }, fits);
  // When only blanks are left of it, they stay, because each part must take some of the text.
  const end = start + (textLength(structure, start, cut, limit) || cut - start);
  const marks = closing(structure, end, limit);
  return {
    skipped,
    open,
    text: text.slice(start, end),
    close: end - start + marks.length <= room ? marks : '',
    rest: '',
  };
}

/** Keeps the rest of a line that was cut from opening a code block that the whole line did not open. */
function textMark(structure: Structure, start: number, limit: number): string {
  const { text } = structure;
  const line = lineAt(structure, start);
  const cut = !line.fence && line.end - start > limit && text.slice(line.start, start).trim() === '';
  return cut && seemsCode(text, line) ? '\u200b' : '';
}

/** The same structure with only those spans that a part from here on can meet, because thousands of cuts are tried. */
function nearby(structure: Structure, from: number, limit: number): Structure {
  const { text } = structure;
  const start = from + /^\s*/.exec(text.slice(from))![0].length;
  const spans = structure.spans.filter((span) => span.end > from && span.start <= start + limit);
  return { ...structure, spans };
}

function textLength(structure: Structure, start: number, at: number, limit: number): number {
  const slice = structure.text.slice(start, at);
  return carriesCode(structure, at, limit) ? slice.length : slice.trimEnd().length;
}

/** Whether a cut falls into code whose marks are carried over; blank lines there are content, and not trimmed. */
function carriesCode(structure: Structure, at: number, limit: number): boolean {
  return fenceAt(structure, at) !== undefined && seamAt(structure, at, at, share(limit)).close !== '';
}

function closing(structure: Structure, at: number, limit: number): string {
  if (!fenceAt(structure, at) && breaksMarks(structure, at)) return '';
  return seamAt(structure, at, at, share(limit)).close;
}

/** How much of a part the marks at either end may take, since the text is what matters. */
function share(limit: number): number {
  return Math.floor(limit / 4);
}

/** How much whitespace to leave out at a cut: in code only the newline that was cut at, elsewhere all of it. */
function skippedLength(structure: Structure, from: number, limit: number): number {
  const { text } = structure;
  const fence = from > 0 ? fenceAt(structure, from) : undefined;
  const blank = /^\s*/.exec(text.slice(from))![0].length;
  if (!fence || from >= fence.bodyEnd || !carriesCode(structure, from, limit)) return blank;
  // Otherwise a closing line that is indented beyond a part's limit would never fit.
  if (from + blank > fence.bodyEnd && blank > limit / 2) return blank;
  return text[from] === '\n' ? 1 : 0;
}
