import { stripVTControlCharacters } from 'node:util';
import { ToolError } from './kit.ts';

/** A request that a rule forbids. The sentence begins with "Refused", so that nobody takes it for a passing failure. */
export function refused(sentence: string): ToolError {
  return new ToolError(`Refused: ${sentence}`);
}

/** A name for a sentence: shortened, quoted, and with everything escaped that cannot be seen or copied as it is. */
export function shown(name: string): string {
  const short = name.length > 200 ? `${name.slice(0, 200)}…` : name;
  return escaped(short);
}

/** Signs that a reader cannot see, or takes for others: controls, formats (also those that turn the direction), spaces. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|[\p{Zs}--[ ]]/v;

/** A name for a list: quoted where it could pose as several entries, or cannot be seen or copied as it is. */
export function printable(name: string): string {
  return UNSEEN.test(name) || /^\s|\s$/u.test(name) || name.normalize('NFC') !== name ? escaped(name) : name;
}

/** Signs that hide or turn text. Those that join emoji and letters stay, as do ends of lines and tabs. */
const HIDING = /[[\p{Cc}\p{Cf}]--[\n\r\t\u200c\u200d]]/gv;

/** A text from outside to be read, not copied: without terminal commands, with escapes for what hides or turns it. */
export function readable(text: string): string {
  return stripVTControlCharacters(text.toWellFormed()).replace(HIDING, escapeOf);
}

function escaped(name: string): string {
  const quoted = JSON.stringify(name.toWellFormed());
  const safe = quoted.replace(new RegExp(UNSEEN, 'gv'), escapeOf);
  // A decomposed letter looks like the composed one; only its escape can be copied.
  return safe.normalize('NFC') === safe ? safe : safe.replace(/\p{M}/gu, escapeOf);
}

function escapeOf(sign: string): string {
  return Array.from({ length: sign.length }, (_, at) => sign.charCodeAt(at).toString(16).padStart(4, '0'))
    .map((code) => `\\u${code}`)
    .join('');
}
