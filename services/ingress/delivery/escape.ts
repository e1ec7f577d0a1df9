import { cutTo } from '../text/cut.ts';

/** Characters that hide, reorder or break lines: C0/C1 controls, bidi marks, zero-width, line separators, tags. */
const invisible = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029\u115f\u1160\u3164\uffa0]/gu;

/** Others' text on one line: no control or direction characters, Markdown or mentions; cut to `max` characters. */
export function oneLine(text: string, max: number): string {
  const flat = text.replaceAll(/\s+/g, ' ').replaceAll(invisible, '').trim();
  return cutTo(flat, max).replaceAll(/[\\`*_~|<>@#[\]()]/g, (character) => `\\${character}`);
}

/** Other people's text as inline code, in which nothing has a meaning. */
export function inlineCode(text: string, max: number): string {
  const flat = visible(text.replaceAll(/\s+/g, ' ')).replaceAll('`', 'ˋ');
  return `\`${cutTo(flat, max)}\``;
}

/** Writes invisible characters as \u{…}; tab and line feed stay. */
export function visible(text: string): string {
  return text.replaceAll(invisible, (character) =>
    character === '\n' || character === '\t' ? character : `\\u{${character.codePointAt(0)?.toString(16) ?? '?'}}`,
  );
}

/** Other people's text in a fenced block: its fences cannot close ours, and hidden characters show. */
export function fenced(text: string, language: string): string {
  const inner = visible(text).replaceAll('```', '`\u200b`\u200b`');
  return `\`\`\`${language}\n${inner}\n\`\`\``;
}
