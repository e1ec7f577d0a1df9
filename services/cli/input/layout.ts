import type { Footer } from '../show/live-region.ts';
import { displayWidth } from '#shared/tables/width.ts';
import { printable } from '../text.ts';

/** Only this many characters before and after the cursor are laid out, lest a long paste make each key slow. */
const around = 3_000;
/** Rows of the screen that a text may take. */
const mostRows = 10;

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * Lays out a text with its prompt in rows of at most `columns - 1` cells. Returns the rows around the cursor, and the
 * cursor's place.
 */
export function layOut(prompt: string, text: string, cursor: number, columns: number): Footer {
  const from = Math.max(0, cursor - around);
  const shown = text.slice(from, cursor + around);
  const indent = ' '.repeat(Math.min(displayWidth(prompt), Math.floor(columns / 2)));
  const rows = [prompt];
  let width = displayWidth(prompt);
  let place = { row: 0, column: width };
  let at = from;
  const newRow = () => {
    rows.push(indent);
    width = indent.length;
  };
  for (const { segment } of graphemes.segment(shown)) {
    const seen = segment === '\t' ? '  ' : printable(segment);
    const cells = displayWidth(seen);
    if (segment !== '\n' && width + cells >= columns) newRow();
    if (at === cursor) place = { row: rows.length - 1, column: width };
    at += segment.length;
    if (segment === '\n') {
      newRow();
      continue;
    }
    rows[rows.length - 1] += seen;
    width += cells;
  }
  if (cursor >= at) place = { row: rows.length - 1, column: width };
  const first = Math.max(0, Math.min(place.row - mostRows + 2, rows.length - mostRows));
  const visible = rows.slice(first, first + mostRows);
  if (first > 0 || from > 0) visible[0] = `${indent}⋮`;
  return { rows: visible, cursor: { row: place.row - first, column: place.column } };
}
