import { isInsidePair, wholeCharacters } from './graphemes.ts';
import { opensCode, seemsCode, type Line } from './lines.ts';
import { fenceAt, lineAt, markerStart, spansAt, type Structure } from './structure.ts';

/** Finds cut places of one class between two positions, the last first. */
type Finder = (structure: Structure, from: number, to: number) => Iterable<number>;

/** Where a part may end. */
export interface Room {
  /** Where its text begins. */
  from: number;
  /** Where it must end at the latest, not counting closing marks. */
  to: number;
  /** The limit of any part. */
  limit: number;
  /** Text before this place has been shown in this part and stays in it. */
  shown: number;
}

/** The share of the room that a class of cut must fill to be taken; below it, the next class is tried. */
const WORTHWHILE = 0.5;

/**
 * The place to cut at, after `from` and at or before `to`: before a code block or table that fits into a part of its
 * own, or else at a paragraph, line, sentence or word, or else between characters. `fits` says whether a part that ends
 * there stays within the limit with its closing marks.
 */
export function chooseCut(structure: Structure, room: Room, fits: (at: number) => boolean): number {
  const { from, to, limit, shown } = room;
  const block = wholeBlock(structure, room);
  if (block !== undefined && block >= shown && fits(block)) return block;
  const least = Math.max(shown, from + (to - from) * WORTHWHILE);
  for (const find of [paragraphs, lines, sentences, words]) {
    for (const clean of [true, false]) {
      const cut = last(structure, find, least, to, clean, fits);
      if (cut !== undefined && cut > from) return cut;
    }
  }
  const word = last(structure, words, Math.max(shown, from + 1), to, false, fits);
  if (word !== undefined && wordEnd(structure, word) - word <= limit) return word;
  return characters(structure, from, to, fits);
}

/** The last good place between two positions at which a growing part may end for now: a paragraph, line or sentence. */
export function chooseResting(structure: Structure, from: number, to: number): number | undefined {
  for (const find of [lines, sentences]) {
    const cut = last(structure, find, from, to, false, () => true);
    if (cut !== undefined) return cut;
  }
  return undefined;
}

/** The beginning of a code block or table that would be cut although it fits into a part of its own. */
function wholeBlock(structure: Structure, { from, to, limit }: Room): number | undefined {
  const line = lineAt(structure, to);
  const block = line.fence ?? line.table;
  if (!block || block.start <= from || block.end <= to || block.end - block.start > limit) return undefined;
  return structure.text.slice(from, block.start).trim() === '' ? undefined : block.start;
}

function last(
  structure: Structure,
  find: Finder,
  from: number,
  to: number,
  clean: boolean,
  fits: (at: number) => boolean,
): number | undefined {
  for (const at of find(structure, from, to)) {
    if (breaksMarks(structure, at) || !fits(at)) continue;
    const carried = spansAt(structure, at).length > 0 || (find === paragraphs && fenceAt(structure, at));
    if (!clean || !carried) return at;
  }
  return undefined;
}

/** True where a cut would split a mark, or leave it with nothing to mark. */
export function breaksMarks(structure: Structure, at: number): boolean {
  const line = lineAt(structure, at);
  const { fence } = line;
  if (fence && at > fence.start && at < fence.end && (at <= fence.bodyStart || at >= fence.bodyEnd)) return true;
  if (opensFalsely(structure, line, at)) return true;
  return spansAt(structure, at).some((span) => at <= span.openEnd || at >= span.closeStart);
}

/** True where the beginning of a line, cut off there, would open a code block that the whole line does not open. */
function opensFalsely({ text }: Structure, line: Line, at: number): boolean {
  return !line.fence && at < line.end && seemsCode(text, line) && opensCode(text.slice(line.start, at));
}

/** True where a cut makes the part before it open a false code block, or the part after it open none where one is. */
function breaksMarker(structure: Structure, at: number): boolean {
  const line = lineAt(structure, at);
  const { fence } = line;
  if (opensFalsely(structure, line, at)) return true;
  return fence !== undefined && at > markerStart(fence) && at < markerStart(fence) + fence.marker.length;
}

function* paragraphs(structure: Structure, from: number, to: number): Iterable<number> {
  for (const at of lines(structure, from, to)) {
    const next = lineAt(structure, Math.min(at + 1, structure.text.length));
    if (
      next.blank ||
      (next.fence && next.start === next.fence.start) ||
      (next.table && next.start === next.table.start)
    )
      yield at;
  }
}

function* lines(structure: Structure, from: number, to: number): Iterable<number> {
  const { text } = structure;
  for (
    let at = text.lastIndexOf('\n', to);
    at >= from && at >= 0;
    at = at === 0 ? -1 : text.lastIndexOf('\n', at - 1)
  ) {
    // A heading stays with the text below it.
    if (!/^#{1,3} /.test(text.slice(lineAt(structure, at).start, at))) yield at;
  }
}

function* sentences(structure: Structure, from: number, to: number): Iterable<number> {
  const { text } = structure;
  for (let at = to; at >= from; at -= 1) {
    const before = text[at - 1] ?? '';
    if ('。！？'.includes(before) && before !== '') yield at;
    else if (/\s/.test(text[at] ?? '') && /[.!?…]["'”’)\]*_]*$/.test(text.slice(Math.max(0, at - 6), at))) yield at;
  }
}

function* words(structure: Structure, from: number, to: number): Iterable<number> {
  for (let at = to; at >= from; at -= 1) if (/\s/.test(structure.text[at] ?? '')) yield at;
}

function wordEnd(structure: Structure, at: number): number {
  const word = /\s*\S+/y;
  word.lastIndex = at;
  return at + (word.exec(structure.text)?.[0].length ?? 0);
}

function characters(structure: Structure, from: number, to: number, fits: (at: number) => boolean): number {
  for (const breaks of [breaksMarks, breaksMarker, () => false]) {
    for (let at = to; at > from + 1; at -= 1) {
      const cut = wholeCharacters(structure.text, from, at);
      if (cut <= from + 1) break;
      at = cut;
      if (fits(cut) && !breaks(structure, cut)) return cut;
    }
  }
  // One cluster is longer than the room, so that only surrogate pairs stay whole.
  for (let at = to; at > from + 1; at -= 1) if (!isInsidePair(structure.text, at) && fits(at)) return at;
  return wholeCharacters(structure.text, from, to);
}
