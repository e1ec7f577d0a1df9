import { cutTo } from '../text/cut.ts';

/** Characters that could pose as structure or hide in a name: controls, line ends, direction marks, brackets. */
const notInNames = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}<>[\]{}`]/gu;

/** A name as the model may see it: one line, no control or direction characters, at most 48 characters. */
export function plainName(name: string): string {
  const flat = name.replaceAll(/\s+/g, ' ').replaceAll(notInNames, '').trim();
  return cutTo(flat, 48) || 'somebody';
}

/** Mentions of everyone, of roles or of people, which only call somebody. */
const calls = /@(?:everyone|here)\b|<@[!&]?\d+>/g;

/**
 * A person's text as the model gets it: valid UTF-16, without mentions that only addressed the bot. Empty when nothing
 * is left but calls of others, for these ask nothing.
 */
export function questionText(content: string, bot: string, botRole?: string): string {
  const address = botRole === undefined ? `<@!?${bot}>` : `<@!?${bot}>|<@&${botRole}>`;
  const text = content
    .toWellFormed()
    .replaceAll(new RegExp(`(?:${address}) ?`, 'g'), '')
    .trim();
  return /[\p{L}\p{N}\p{S}\p{P}]/u.test(text.replaceAll(calls, '')) ? text : '';
}
