import { readLines } from './lines.ts';

/** Colour sequences that Discord shows in `ansi` code blocks, and nowhere else. */
// eslint-disable-next-line no-control-regex
const COLOUR = /\u001b\[[0-9;]{0,16}m/g;

// eslint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

// eslint-disable-next-line no-control-regex
const CONTROLS_BUT_ESCAPE = /[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f-\u009f]|\u001b(?!\[[0-9;]{0,16}m)/g;

/** Direction overrides, embeddings and isolates, and marks that show nothing (Unicode's Default_Ignorable). */
const INVISIBLE =
  /(?!\p{Join_Control}|\p{Variation_Selector}|[\u{e0000}-\u{e007f}])\p{Default_Ignorable_Code_Point}|[\ufff9-\ufffb]/gu;

/** Letters that look like a space. */
const BLANKS = /[\u115f\u1160\u2800\u3164\uffa0]/g;

const JOINERS = /[\u200c\u200d]+/gu;
const SELECTORS = /\p{Variation_Selector}+/gu;
const TAGS = /(\u{1f3f4})?[\u{e0000}-\u{e007f}]+/gu;
const STACKED = /(\p{M}{8})\p{M}+/gu;

/**
 * Removes what deceives the eye: control characters, direction overrides, invisible and blank letters, stacks of marks,
 * broken UTF-16. Emoji sequences and the joiners of Indic and Arabic scripts stay.
 */
export function cleanCharacters(text: string): string {
  const wellFormed = text.toWellFormed().replaceAll(/\r\n?/g, '\n');
  return cleanMarks(cleanControls(wellFormed));
}

function cleanControls(text: string): string {
  if (!text.includes('\u001b')) return text.replaceAll(CONTROLS, '');
  const lines = readLines(text).map((line) => {
    const content = text.slice(line.start, line.end);
    if (line.fence?.language === 'ansi') return content.replaceAll(CONTROLS_BUT_ESCAPE, '');
    return content.replaceAll(COLOUR, '').replaceAll(CONTROLS, '');
  });
  return lines.join('\n');
}

function cleanMarks(text: string): string {
  return text
    .replaceAll(BLANKS, ' ')
    .replaceAll(INVISIBLE, '')
    .replaceAll(TAGS, (tags: string, flag: string | undefined) => (flag ? tags.slice(0, flag.length + 14) : ''))
    .replaceAll(SELECTORS, (marks: string, at: number, whole: string) =>
      /\s/.test(whole[at - 1] ?? ' ') ? '' : String.fromCodePoint(marks.codePointAt(0)!),
    )
    .replaceAll(JOINERS, keepJoiner)
    .replaceAll(STACKED, '$1');
}

/** Keeps a joiner where it joins: between emoji, or between letters of scripts that need it. */
function keepJoiner(joiners: string, at: number, whole: string): string {
  const before = lastCharacter(whole, at);
  const after = String.fromCodePoint(whole.codePointAt(at + joiners.length) ?? 32);
  const emoji =
    /[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f]/u.test(before) && /\p{Extended_Pictographic}/u.test(after);
  const script = /[\p{L}\p{M}]/u.test(before) && /[\p{L}\p{M}]/u.test(after);
  const plain = /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Han}]/u;
  return emoji || (script && !plain.test(before) && !plain.test(after)) ? joiners[0]! : '';
}

function lastCharacter(text: string, end: number): string {
  const unit = text.charCodeAt(end - 1);
  const low = unit >= 0xdc00 && unit <= 0xdfff;
  return end === 0 ? ' ' : text.slice(low ? end - 2 : end - 1, end);
}
