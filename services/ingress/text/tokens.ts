import { asCode, breakFences } from './code.ts';
import { showAddress, showLink, type LinkRules } from './links.ts';
import { isHalfMath, readMath } from './math.ts';

export interface TextRules extends LinkRules {
  /** Whether a mention may be shown (it never pings): people and channels of this conversation. Absent: none may. */
  mayMention?: (kind: 'user' | 'role' | 'channel', id: string) => boolean;
}

/** A piece of text that has been read: its length, and what is written instead. */
interface Token {
  length: number;
  out: string;
  /** True when any beginning of it could have been written unchanged. */
  plain?: boolean;
}

const WIDTHLESS = '\u200b';
// A label stays within one line, because what has been read must not change when the text grows. BREAK_LINK breaks up
// links over several lines.
const LABEL = String.raw`!?\[((?:\\.|[^[\]\\\n]){0,1000})`;
const LINK = new RegExp(
  String.raw`${LABEL}\]\([ \t]*<?((?:\([^()\s]*\)|[^()\s<>]){0,4000})>?(?:[ \t]+(?:"[^"\n]*"|'[^'\n]*'))?[ \t]*\)`,
  'y',
);
const HALF_LINK = new RegExp(String.raw`${LABEL}(?:\\?|\](?:\([^\n]{0,4500})?)$`, 'y');
const HALF_ANGLED = /<(?:[^\s<>]{0,4000}|\/[^<>\n]{0,200})$/y;
const ANGLED = /<([a-z][a-z0-9+.-]{1,30}:[^<>\s]{1,4000})>/iy;
const ADDRESS = /(?:https?|discord|steam):\/\/(?:[^\s<>`|]|\|(?!\|))+/iy;
const BARE_INVITE =
  /(?:www\.)?(?:discord\.(?:gg|gift|me|li|io)|dsc\.gg|invite\.gg|discord(?:app)?\.com\/(?:invite|gifts?|template))\/(?:[^\s<>`|]|\|(?!\|))+/iy;
const MENTION = /<(@[!&]?|#)(\d{1,25})>/y;
const COMMAND = /<\/(?=[^<>\n]{1,200}:\d)/y;
const TIME = /<t:(-?\d{1,30})(?::[a-z])?>/iy;
const GUIDE = /<(?=id:)/iy;
const MASS = /@(?=everyone|here)/iy;
const ESCAPE = /\\[!-/:-@[-`{-~]/y;
const BARE_SCHEME = /https?:(?=\/\/)/iy;
const BREAK_LINK = /\](?=\()/y;
const PLAIN = /[^\\`@<>[\]!$hdsiwHDSIW]+/y;

/** Discord draws dates as far as JavaScript has them. */
const LAST_SECOND = 8_640_000_000_000;

/** Reads one token of text outside code blocks. Its block ends at `end`; inline code ends at a blank line. */
export function readToken(text: string, at: number, end: number, rules: TextRules): Token {
  if (text[at] === '`') return readCode(text, at, end);
  return (
    readPlain(text, at) ??
    readMath(text, at) ??
    readEscape(text, at) ??
    readLink(text, at, rules) ??
    readAngled(text, at, rules) ??
    readMention(text, at, rules) ??
    readTime(text, at) ??
    readAddress(text, at, rules) ??
    insert(text, at, MASS) ??
    insert(text, at, BARE_SCHEME) ??
    insert(text, at, COMMAND) ??
    insert(text, at, GUIDE) ??
    insert(text, at, BREAK_LINK) ?? { length: 1, out: text[at]! }
  );
}

/** True where a token begins that more text could complete. */
export function isHalf(text: string, at: number): boolean {
  const char = text[at];
  if (char === '`') return readCode(text, at, text.length).out.startsWith('\\') && !/\n[ \t]*\n/.test(text.slice(at));
  if (char === '\\' || char === '$') return isHalfMath(text, at);
  if (char === '<') return match(HALF_ANGLED, text, at) !== null;
  if (char === '[' || char === '!') return match(LINK, text, at) === null && match(HALF_LINK, text, at) !== null;
  const address = /\w/.test(char ?? '') ? (match(ADDRESS, text, at) ?? match(BARE_INVITE, text, at)) : null;
  return address !== null && at + address[0].length === text.length;
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function readPlain(text: string, at: number): Token | undefined {
  const found = match(PLAIN, text, at)?.[0];
  return found === undefined ? undefined : { length: found.length, out: found, plain: true };
}

/** Inserts an invisible character after what makes the text a mention, a command or a link. */
function insert(text: string, at: number, pattern: RegExp): Token | undefined {
  const found = match(pattern, text, at)?.[0];
  return found === undefined ? undefined : { length: found.length, out: found + WIDTHLESS };
}

/** A backslash does not stop a mention or a preview, so that only marks which it really escapes are skipped with it. */
function readEscape(text: string, at: number): Token | undefined {
  const found = match(ESCAPE, text, at)?.[0];
  if (found === undefined || /[@<\]]/.test(found)) return undefined;
  return { length: 2, out: found };
}

function readCode(text: string, at: number, end: number): Token {
  const run = backticks(text, at, end);
  const blank = /\n[ \t]*\n/g;
  blank.lastIndex = at;
  const stop = Math.min(end, blank.exec(text)?.index ?? end);
  for (let close = text.indexOf('`', at + run); close >= 0 && close < stop;) {
    const length = backticks(text, close, end);
    if (length === run) {
      const content = text.slice(at + run, close);
      const marker = '`'.repeat(Math.min(run, 3));
      return { length: close + run - at, out: marker + (run > 2 ? breakFences(content) : content) + marker };
    }
    close = text.indexOf('`', close + length);
  }
  // A stray backtick would pair with a later one, and turn the code that begins there into text.
  return { length: run, out: '\\`'.repeat(run) };
}

function backticks(text: string, at: number, end: number): number {
  let to = at;
  while (to < end && text[to] === '`') to += 1;
  return to - at;
}

function readLink(text: string, at: number, rules: TextRules): Token | undefined {
  const found = match(LINK, text, at);
  if (!found) return undefined;
  const [whole, label = '', address = ''] = found;
  return { length: whole.length, out: showLink(defuse(label, { ...rules, trustedHosts: [] }), label, address, rules) };
}

function readAngled(text: string, at: number, rules: TextRules): Token | undefined {
  const found = match(ANGLED, text, at);
  if (!found || /^<(?:t|id):/i.test(found[0]) || /^<a:\w{1,40}:\d+>$/.test(found[0])) return undefined;
  return { length: found[0].length, out: showAddress(found[1]!, rules) };
}

function readMention(text: string, at: number, rules: TextRules): Token | undefined {
  const found = match(MENTION, text, at);
  if (!found) return undefined;
  const [whole, sign = '', id = ''] = found;
  const kind = sign === '#' ? 'channel' : sign === '@&' ? 'role' : 'user';
  const out = rules.mayMention?.(kind, id) ? whole : `<${sign}${WIDTHLESS}${id}>`;
  return { length: whole.length, out };
}

function readTime(text: string, at: number): Token | undefined {
  const found = match(TIME, text, at);
  if (!found) return undefined;
  const [whole, seconds] = found;
  const valid = Math.abs(Number(seconds)) <= LAST_SECOND;
  return { length: whole.length, out: valid ? whole : `<${WIDTHLESS}${whole.slice(1)}` };
}

function readAddress(text: string, at: number, rules: TextRules): Token | undefined {
  const found = match(ADDRESS, text, at) ?? match(BARE_INVITE, text, at);
  if (!found) return undefined;
  const address = withoutTrailing(found[0]);
  const invite = !address.includes('://');
  return { length: address.length, out: invite ? asCode(address) : showAddress(address, rules) };
}

/** An address does not include the punctuation of the sentence around it. */
function withoutTrailing(found: string): string {
  let address = found;
  for (;;) {
    const shorter = address.replace(/[.,:;!?"'\]*_~]+$/, '');
    const closers = shorter.split(')').length > shorter.split('(').length;
    const next = closers && shorter.endsWith(')') ? shorter.slice(0, -1) : shorter;
    if (next === address) return address;
    address = next;
  }
}

/**
 * Appends a token's text. A backslash before one of our marks would escape it, so that the backslash is escaped itself.
 * Adjacent backticks would become one mark, so they are kept apart.
 */
export function append(out: string, token: Token): string {
  if (!/^[`<]/.test(token.out)) return out + token.out;
  if (token.out.startsWith('`') && out.endsWith('`')) return out + WIDTHLESS + token.out;
  let backslashes = 0;
  while (out[out.length - 1 - backslashes] === '\\') backslashes += 1;
  return (backslashes % 2 === 1 ? `${out}\\` : out) + token.out;
}

/** Makes a text harmless that is complete and holds no code block. */
export function defuse(text: string, rules: TextRules): string {
  let out = '';
  for (let at = 0; at < text.length;) {
    const token = readToken(text, at, text.length, rules);
    out = append(out, token);
    at += token.length;
  }
  return out;
}
