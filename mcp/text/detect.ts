import type * as Jschardet from 'jschardet';
import { isAscii, isUtf8 } from 'node:buffer';
import { charsetOf, decode, decodeStrictly, linesOf, lostIn, type Charset } from './charsets.ts';

/** How many bytes at a file's start decide whether it is text or binary. */
export const SNIFF_BYTES = 8192;

/** More bytes make a guess no better, only slower. */
const GUESS_BYTES = 65_536;

export interface Detected {
  charset: Charset;
  /** `mark`: a byte order mark says so; `valid`: nothing else is likely; `guess`: it may be another; `told`: who asks. */
  by: 'mark' | 'valid' | 'guess' | 'told';
  /** True for nothing but ASCII: what follows it may still be in another encoding. */
  ascii?: boolean;
}

/**
 * The encoding of a text, judged by a sample of it that may end within a character unless it is the `whole`; undefined
 * for binary data: a format with a signature, NUL bytes that are no UTF-16, or many control characters.
 */
export async function detect(sample: Uint8Array, { whole = false } = {}): Promise<Detected | undefined> {
  if (sample.length === 0) return { charset: 'utf-8', by: 'valid', ascii: true };
  const marked = markOf(sample);
  if (marked) return { charset: marked, by: 'mark' };
  const wide = wideCharset(sample);
  if (wide) return { charset: wide, by: 'guess' };
  if (sample.includes(0) || hasSignature(sample) || isFullOfControls(sample)) return undefined;
  if (hasJapaneseEscapes(sample)) return { charset: 'iso-2022-jp', by: 'valid' };
  const text = decodeStrictly(sample, 'utf-8', !whole);
  if (text !== undefined) return { charset: 'utf-8', by: 'valid', ascii: !sample.some((byte) => byte > 0x7f) };
  return { charset: await guess(sample.subarray(0, GUESS_BYTES)), by: 'guess' };
}

/** The encoding that a byte order mark names. */
export function markOf(bytes: Uint8Array): Charset | undefined {
  const [a, b, c, d] = bytes;
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? 'utf-32le' : 'utf-16le';
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return 'utf-32be';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8';
  return undefined;
}

/** The bytes of an encoding's mark; none for one that has none. */
export function markBytes(charset: Charset): Buffer {
  const marks: Record<Charset, string> = {
    'utf-8': 'efbbbf',
    'utf-16le': 'fffe',
    'utf-16be': 'feff',
    'utf-32le': 'fffe0000',
    'utf-32be': '0000feff',
  };
  return Buffer.from(marks[charset] ?? '', 'hex');
}

/** How many valid characters beyond ASCII a text has as UTF-8, and how many places that are not. */
export function utf8Health(bytes: Uint8Array): { signs: number; faults: number } {
  const text = new TextDecoder('utf-8').decode(bytes, { stream: true });
  const faults = lostIn(text);
  let signs = -faults;
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 0x7f) signs += 1;
  return { faults, signs };
}

/** Formats that begin with text, or that a short sample would be taken for one. */
const SIGNATURES = [
  '%PDF-',
  '\u0089PNG',
  'GIF8',
  'PK\u0003\u0004',
  '\u001f\u008b',
  '\u00ff\u00d8\u00ff',
  'RIFF',
  '(\u00b5/\u00fd',
];

function hasSignature(sample: Uint8Array): boolean {
  const start = Buffer.from(sample.subarray(0, 8)).toString('latin1');
  return SIGNATURES.some((signature) => start.startsWith(signature));
}

function isFullOfControls(sample: Uint8Array): boolean {
  const controls = sample.reduce((count, byte) => count + (isControl(byte) ? 1 : 0), 0);
  return controls * 20 > sample.length;
}

function isControl(byte: number): boolean {
  const inText = byte === 9 || byte === 10 || byte === 12 || byte === 13 || byte === 27;
  return byte < 32 && !inText;
}

/** ISO-2022-JP says in escape sequences what follows, and has no byte beyond ASCII (RFC 1468). */
function hasJapaneseEscapes(sample: Uint8Array): boolean {
  // oxlint-disable-next-line no-control-regex
  return sample.includes(0x1b) && /\u001b(?:\$[@B]|\([IJ])/.test(Buffer.from(sample).toString('latin1'));
}

const WIDE: readonly { charset: Charset; unit: number }[] = [
  { charset: 'utf-32le', unit: 4 },
  { charset: 'utf-32be', unit: 4 },
  { charset: 'utf-16le', unit: 2 },
  { charset: 'utf-16be', unit: 2 },
];

/** UTF-16 or UTF-32 without a mark: reads as plausible text of one script, which two bytes of anything else seldom do. */
function wideCharset(sample: Uint8Array): Charset | undefined {
  if (!sample.includes(0)) return undefined;
  return WIDE.find(({ charset, unit }) => {
    const whole = sample.subarray(0, sample.length - (sample.length % unit));
    if (whole.length < unit * 2 || (sample.length < SNIFF_BYTES && whole.length < sample.length)) return false;
    const text = decodeStrictly(whole, charset, true);
    return text !== undefined && isPlausible(text);
  })?.charset;
}

const SCRIPTS = [
  /[\p{Script=Latin}]/u,
  /[\p{Script=Cyrillic}]/u,
  /[\p{Script=Greek}]/u,
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u,
  /[\p{Script=Hangul}]/u,
  /[\p{Script=Arabic}]/u,
  /[\p{Script=Hebrew}]/u,
  /[\p{Script=Thai}]/u,
];

/** No character that no text has, and nearly all of them ASCII or of one script, with more than a sign or two of either. */
function isPlausible(text: string): boolean {
  if (/[\p{Cn}\p{Co}\p{Cs}\u{fffd}]|[\p{Cc}--[\t\n\f\r]]/v.test(text)) return false;
  const signs = Array.from(text);
  const plain = signs.filter((sign) => sign < '\u{80}').length;
  const most = Math.max(
    ...SCRIPTS.map((script) => signs.filter((sign) => sign >= '\u{80}' && script.test(sign)).length),
  );
  const known =
    plain + most + signs.filter((sign) => /[\u{3000}-\u{303f}\u{ff00}-\u{ffef}\u{2010}-\u{2027}]/u.test(sign)).length;
  if (plain === 1) return known === signs.length && known >= 6;
  return plain >= 2 && known >= signs.length * 0.9 && (plain * 2 >= signs.length || known >= 8);
}

/** What the guess is made among: what is found on the web and on people's disks, and can be decoded here. */
const CANDIDATES =
  'big5 big5hkscs cp949 gb18030 cp932 euc-jp koi8-r koi8-u cp866 iso-8859-5 windows-1250 windows-1251 windows-1252 windows-1253 windows-1254 windows-1255 windows-1256 windows-1257 windows-1258 cp874 iso-8859-2 iso-8859-7 mac-roman utf-8'.split(
    ' ',
  );
const LATIN = 'windows-1252 windows-1250 windows-1254 windows-1257 windows-1258 iso-8859-2 mac-roman'.split(' ');

const LATIN_CHARSETS = new Set(LATIN.map((name) => charsetOf(name)));

async function guess(sample: Uint8Array): Promise<Charset> {
  const lines = Array.from(linesOf(sample));
  const odd = Buffer.concat(lines.filter((line) => !isUtf8(line)));
  const likely = await likeliest(odd);
  const { signs, faults } = utf8Health(sample);
  if (faults * 4 < signs && faults < 4) return 'utf-8';
  return isMixed(lines, likely) ? `utf-8+${likely}` : likely;
}

/** Below this confidence the guesser cannot tell Latin alphabets apart, and the most common one is the best guess. */
const UNSURE = 0.06;

/** Encodings with one byte for each letter. */
const ALPHABETS = /^(?:windows|iso-8859|koi8|ibm)/;

async function likeliest(bytes: Uint8Array): Promise<Charset> {
  const any = await guessAmong(bytes, CANDIDATES);
  const isLatin = LATIN_CHARSETS.has(any.charset);
  const isDoubtful = ALPHABETS.test(any.charset) && any.confidence < UNSURE && readsAsWestern(bytes);
  if (!isLatin && !isDoubtful && !isLatinInDisguise(decode(bytes, any.charset))) return any.charset;
  const latin = isLatin ? any : await guessAmong(bytes, LATIN);
  return latin.confidence < UNSURE && readsAsWestern(bytes) ? 'windows-1252' : latin.charset;
}

let guesser: Promise<typeof Jschardet> | undefined;

/** Its model takes 100 ms and 40 MB, which most texts never need. */
function loadGuesser(): Promise<typeof Jschardet> {
  // Kept, because each import looks at the module's file again.
  guesser ??= import('jschardet').catch((error: unknown) => {
    guesser = undefined;
    throw error;
  });
  return guesser;
}

async function guessAmong(
  bytes: Uint8Array,
  among: readonly string[],
): Promise<{ charset: Charset; confidence: number }> {
  const { detect: guessed } = await loadGuesser();
  const { encoding, confidence } = guessed(bytes, { detectEncodings: [...among] });
  return { charset: charsetOf(encoding ?? '') ?? 'windows-1252', confidence };
}

/** No unassigned byte, and no sign that is no letter in the middle of a word. */
function readsAsWestern(bytes: Uint8Array): boolean {
  const text = decode(bytes, 'windows-1252');
  return !/[\u{80}-\u{9f}]|[\p{L}--[ªº]][[\u{a1}-\u{ff}]--[\p{L}\u{b7}]][\p{L}--[ªº]]/v.test(text);
}

const OTHER_ALPHABETS = String.raw`[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Hebrew}\p{Script=Arabic}]`;
const WITHIN_LATIN = new RegExp(String.raw`[a-z]${OTHER_ALPHABETS}|${OTHER_ALPHABETS}[a-z]`, 'iu');
const OTHER_WORD = new RegExp(`${OTHER_ALPHABETS}{2}`, 'u');

/** A few accents between ASCII letters are taken for letters of another alphabet, of which there is then no whole word. */
function isLatinInDisguise(text: string): boolean {
  return new RegExp(OTHER_ALPHABETS, 'u').test(text) && (WITHIN_LATIN.test(text) || !OTHER_WORD.test(text));
}

/** Single-byte encodings seldom look like UTF-8 by chance, double-byte ones do in short lines. */
function isMixed(lines: readonly Uint8Array[], other: Charset): boolean {
  const least = LATIN_CHARSETS.has(other) ? 1 : 3;
  return lines.some((line) => !isAscii(line) && isUtf8(line) && utf8Health(line).signs >= least);
}
