import { isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';
import { ToolError } from '#mcp/kit.ts';
import { shown } from '#mcp/words.ts';

/**
 * The name of a text's encoding: a label of the Encoding Standard, `utf-32le`, `utf-32be`, or a code page that only
 * iconv-lite knows. `utf-8+windows-1251` is a text whose lines are in the one or in the other.
 */
export type Charset = string;

/** Names that people and programs use, and the Encoding Standard does not know. */
const ALIASES: Record<string, Charset> = {
  utf8mb4: 'utf-8',
  'utf-8-sig': 'utf-8',
  'utf-16-le': 'utf-16le',
  'utf-16-be': 'utf-16be',
  utf16: 'utf-16le',
  utf16le: 'utf-16le',
  utf16be: 'utf-16be',
  utf32: 'utf-32le',
  'utf-32': 'utf-32le',
  utf32le: 'utf-32le',
  utf32be: 'utf-32be',
  'utf-32le': 'utf-32le',
  'utf-32be': 'utf-32be',
  'utf-32-le': 'utf-32le',
  'utf-32-be': 'utf-32be',
  ansi: 'windows-1252',
  'latin-1': 'windows-1252',
  iso88591: 'windows-1252',
  cp874: 'windows-874',
  cp932: 'shift_jis',
  cp936: 'gbk',
  cp949: 'euc-kr',
  uhc: 'euc-kr',
  cp950: 'big5',
  big5hkscs: 'big5',
  'mac-roman': 'macintosh',
  macroman: 'macintosh',
  'iso2022-jp-2': 'iso-2022-jp',
};

/** Codecs of iconv-lite that are no encodings of text. */
const NO_CHARSET = /^(?:base64|hex|binary|utf-?7.*|x-user-defined|replacement)$/;

/** The encoding that a label means; undefined for one that nobody knows. */
export function charsetOf(label: string): Charset | undefined {
  const name = label
    .trim()
    .toLowerCase()
    .replace(/^["']+|["';]+$/g, '');
  if (name === '' || NO_CHARSET.test(name)) return undefined;
  if (Object.hasOwn(ALIASES, name)) return ALIASES[name];
  const [first, second] = name.split('+');
  if (first === 'utf-8' && second !== undefined && charsetOf(second)) return `utf-8+${charsetOf(second)}`;
  try {
    const { encoding } = new TextDecoder(name);
    return encoding === 'replacement' || encoding === 'x-user-defined' ? undefined : encoding;
  } catch {
    return iconv.encodingExists(name) ? name : undefined;
  }
}

/** The encoding that somebody asked for. Throws a ToolError with examples when nobody knows it. */
export function requireCharset(label: string): Charset {
  const charset = charsetOf(label);
  if (charset !== undefined) return charset;
  throw new ToolError(
    `There is no encoding ${shown(label)}. Give one such as utf-8, windows-1251, shift_jis, gb18030 or big5.`,
  );
}

export interface DecodeOptions {
  /** True for bytes from the middle of a text, where a byte order mark is none. */
  inside?: boolean;
}

/** Decodes; what is invalid becomes U+FFFD. */
export function decode(bytes: Uint8Array, charset: Charset, { inside = false }: DecodeOptions = {}): string {
  const [first = charset, second] = charset.split('+');
  if (second !== undefined) return decodeByLine(bytes, second, inside);
  if (isStandard(first)) return new TextDecoder(first, { ignoreBOM: inside }).decode(bytes);
  return iconv.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), first, { stripBOM: !inside });
}

/** How many places of a decoded text stand for bytes that were not valid. */
export function lostIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\u{fffd}'); at >= 0; at = text.indexOf('\u{fffd}', at + 1)) count += 1;
  return count;
}

/** Undefined when the bytes are not valid in the encoding. A sample may end within a character. */
export function decodeStrictly(bytes: Uint8Array, charset: Charset, isSample = false): string | undefined {
  if (!isStandard(charset)) {
    const text = decode(bytes, charset);
    return text.includes('\u{fffd}') ? undefined : text;
  }
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes, { stream: isSample });
  } catch {
    return undefined;
  }
}

/** True for what the platform decodes itself. */
function isStandard(charset: Charset): boolean {
  try {
    return new TextDecoder(charset).encoding !== '';
  } catch {
    return false;
  }
}

/** Each line that is valid UTF-8 is read as such, the others in the second encoding. Lines that are alike go together. */
function decodeByLine(bytes: Uint8Array, other: Charset, inside: boolean): string {
  const parts: string[] = [];
  let from = 0;
  let at = 0;
  let runIsUtf8 = true;
  const endRun = (): void => {
    if (at > from)
      parts.push(decode(bytes.subarray(from, at), runIsUtf8 ? 'utf-8' : other, { inside: inside || from > 0 }));
    from = at;
  };
  for (const line of linesOf(bytes)) {
    const lineIsUtf8 = isUtf8(line);
    if (lineIsUtf8 !== runIsUtf8) endRun();
    runIsUtf8 = lineIsUtf8;
    at += line.length;
  }
  endRun();
  return parts.join('');
}

/** The lines of bytes in which a line feed is one byte, each with its own. */
export function* linesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let from = 0; from < bytes.length;) {
    const end = bytes.indexOf(0x0a, from);
    const to = end < 0 ? bytes.length : end + 1;
    yield bytes.subarray(from, to);
    from = to;
  }
}

/** The bytes; or some of the characters that the encoding lacks; or nothing of both where nobody can encode so. */
export interface Encoded {
  bytes?: Buffer;
  missing?: string;
}

/** Encodes a text so that decoding gives it back. */
export function encode(text: string, charset: Charset): Encoded {
  if (charset === 'utf-8') return { bytes: Buffer.from(text, 'utf8') };
  if (charset.includes('+') || !iconv.encodingExists(charset)) return {};
  const bytes = iconv.encode(text, charset);
  const survives = (part: string): boolean => decode(iconv.encode(part, charset), charset, { inside: true }) === part;
  if (survives(text)) return { bytes };
  const missing = [...new Set(text)].filter((sign) => !survives(sign));
  return { missing: missing.slice(0, 5).join(' ') };
}
