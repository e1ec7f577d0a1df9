import { charsetOf, decode, decodeStrictly, lostIn, type Charset } from './charsets.ts';
import { detect, markOf, utf8Health, type Detected } from './detect.ts';

/** An encoding, and the one that was declared where the bytes are not in it. */
export interface Decided extends Detected {
  wrong?: Charset | undefined;
}

/**
 * The encoding of a text that comes with declarations, the strongest first. A byte order mark is stronger than all of
 * them (Encoding Standard), and so are the bytes: a declaration that they contradict is passed over. Undefined for
 * binary data.
 */
export async function decideCharset(
  sample: Uint8Array,
  declared: readonly Charset[],
  { whole = false } = {},
): Promise<Decided | undefined> {
  const mark = markOf(sample);
  if (mark) return { charset: mark, by: 'mark' };
  const usable = sample.includes(0) ? declared.filter(isWide) : declared;
  const health = usable.length > 0 ? utf8Health(sample) : { signs: 0, faults: 0 };
  const fitting = usable.find((charset) => fits(charset, sample, health, whole));
  const [first] = declared;
  if (fitting !== undefined) return { charset: fitting, by: 'told', wrong: fitting === first ? undefined : first };
  const found = await detect(sample, { whole });
  if (found?.by === 'guess' && first !== undefined && isAlmost(first, sample)) return { charset: first, by: 'told' };
  return found && { ...found, wrong: first };
}

/** The encoding that the `charset` of a media type names; undefined for none, or one that nobody knows. */
export function charsetOfType(type: string): Charset | undefined {
  return charsetOf(/charset\s*=\s*["']?\s*([^\s;"',]+)/i.exec(type)?.[1] ?? '');
}

type Utf8Health = ReturnType<typeof utf8Health>;

function isWide(charset: Charset): boolean {
  return /^utf-(?:16|32)/.test(charset);
}

/** Text in a single-byte encoding is hardly ever valid UTF-8, and text in any other has bytes that are not valid in it. */
function fits(charset: Charset, sample: Uint8Array, { signs, faults }: Utf8Health, whole: boolean): boolean {
  if (charset === 'utf-8') return faults === 0 || faults * 4 < signs;
  if (isWide(charset)) return decodeStrictly(sample, charset, !whole) !== undefined && sample.includes(0);
  if (faults === 0 && signs > 0 && isSingleByte(charset)) return false;
  return isSingleByte(charset) || decodeStrictly(sample, charset, !whole) !== undefined;
}

function isSingleByte(charset: Charset): boolean {
  return /^(?:windows-|iso-8859|koi8|ibm|cp|mac|x-mac)/.test(charset);
}

/** A few damaged places do not make a declaration wrong. */
function isAlmost(charset: Charset, sample: Uint8Array): boolean {
  if (charset === 'utf-8' || isWide(charset)) return false;
  const text = decode(sample, charset);
  return lostIn(text) * 50 < text.length;
}
