const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** How far beyond a position a grapheme cluster is read; longer ones (stacks of marks) may be cut. */
const REACH = 64;

/**
 * The last place at or before `at` where the text can be cut without breaking a surrogate pair, a combining mark, an
 * emoji sequence or a flag. Reading begins at `from`, which is such a place itself. A cluster that starts at `from` and
 * is longer than the room is cut between code points.
 */
export function wholeCharacters(text: string, from: number, at: number): number {
  if (at >= text.length || at <= from) return Math.min(at, text.length);
  const window = text.slice(from, at + REACH);
  const found = segmenter.segment(window).containing(at - from);
  if (found && found.index > 0) return from + found.index;
  return isInsidePair(text, at) && at - 1 > from ? at - 1 : at;
}

/** True between the two halves of a surrogate pair. */
export function isInsidePair(text: string, at: number): boolean {
  return isLow(text.charCodeAt(at)) && isHigh(text.charCodeAt(at - 1));
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
