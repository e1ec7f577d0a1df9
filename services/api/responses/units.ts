/** Most characters of one piece. */
const longest = 64;
/** A word with the space after it, or one letter of a script that puts no spaces between words. */
const unit = new RegExp(
  String.raw`(?:\s+|[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]|[^\s\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]+\s*)`,
  'yu',
);

/**
 * The piece of a text that begins at `at`; undefined while it may go on. Where a text is cut follows from the text
 * alone, so that everybody who reads it gets the same pieces, however it arrived.
 */
export function pieceAt(text: string, at: number, complete: boolean): string | undefined {
  unit.lastIndex = at;
  const found = unit.exec(text)?.[0];
  if (found === undefined) return undefined;
  const piece = found.length > longest ? cut(found) : found;
  // One more character behind it shows that it is whole.
  return complete || at + piece.length < text.length ? piece : undefined;
}

/** Cuts between characters, not within one. */
function cut(text: string): string {
  return text.slice(0, longest).replace(/[\uD800-\uDBFF]$/, '');
}
