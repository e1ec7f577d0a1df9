import { stripVTControlCharacters } from 'node:util';

const PLAIN = /^[\u0020-\u007e]*$/;
/** Combining marks, joiners, and other characters that show nothing of their own. */
const WIDTHLESS = /^[\p{Mark}\p{Cf}\p{Cc}\u200b]+$/u;
/** East Asian Wide and Fullwidth (Unicode's annex 11), and emoji: as such, by a variation selector, as a keycap. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{17000}-\u{18dff}\u{1b000}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\p{Emoji}\ufe0f|[0-9#*]\ufe0f?\u20e3/u;

const graphemes = new Intl.Segmenter();

/** Columns that a line takes in a monospaced font: CJK and emoji take two, combining marks and colours none. */
export function displayWidth(line: string): number {
  if (PLAIN.test(line)) return line.length;
  let width = 0;
  for (const { segment } of graphemes.segment(stripVTControlCharacters(line))) width += graphemeWidth(segment);
  return width;
}

/** A line cut to `columns` columns, the last of them an ellipsis; unchanged where it fits. Knows no colours. */
export function cutToWidth(line: string, columns: number): string {
  if (displayWidth(line) <= columns) return line;
  let cut = '';
  let room = columns - 1;
  for (const { segment } of graphemes.segment(line)) {
    room -= graphemeWidth(segment);
    if (room < 0) break;
    cut += segment;
  }
  return `${cut.trimEnd()}…`;
}

/** A line as lines of at most `columns` columns, broken at spaces alone. */
export function wrapToWidth(line: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of line.split(' ')) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && displayWidth(longer) > columns) lines.push(word);
    else lines.splice(-1, 1, longer);
  }
  return lines;
}

function graphemeWidth(segment: string): number {
  if (WIDTHLESS.test(segment)) return 0;
  return WIDE.test(segment) ? 2 : 1;
}
