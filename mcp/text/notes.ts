import { lostIn } from './charsets.ts';
import type { Detected } from './detect.ts';

/** What a reader should know of how a text was decoded; empty when nothing is in doubt. */
export function charsetNote({ charset, by }: Detected, text: string): string {
  const lost = lostIn(text);
  const parts: string[] = [];
  if (by === 'guess') parts.push(guessed(charset));
  if (lost > 0)
    parts.push(`${lost} ${lost === 1 ? 'place is' : 'places are'} not valid ${charset} and shown as \u{fffd}.`);
  return parts.length === 0 ? '' : `[${parts.join(' ')}]`;
}

function guessed(charset: string): string {
  const [, other] = charset.split('+');
  const what = other === undefined ? `The encoding ${charset}` : `The mix of utf-8 and ${other} in this text`;
  return `${what} is a guess. If the text looks wrong, read it again with the right encoding=…`;
}
