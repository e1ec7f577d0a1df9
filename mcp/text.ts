export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** How many bytes at a file's start decide whether it is text or binary. */
export const SNIFF_BYTES = 8192;

/** The encoding of a text, judged by its first bytes; undefined for binary data: a NUL, or many control characters. */
export function sniff(start: Uint8Array): Encoding | undefined {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be';
  if (start.includes(0)) return undefined;
  const controls = start.reduce((count, byte) => count + (isControl(byte) ? 1 : 0), 0);
  if (controls * 20 > start.length) return undefined;
  return isUtf8(start) ? 'utf-8' : 'windows-1252';
}

function isControl(byte: number): boolean {
  const inText = byte === 9 || byte === 10 || byte === 12 || byte === 13 || byte === 27;
  return byte < 32 && !inText;
}

/** A sample may end within a character; `stream` allows that. */
function isUtf8(sample: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(sample, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** A stretch of a file: `bytes` were read at position `start` of a file of `size` bytes. */
export interface Window {
  bytes: Buffer;
  start: number;
  size: number;
}

export interface Cut {
  text: string;
  /** Where the text begins and ends in the file, in bytes. */
  from: number;
  to: number;
  /** True when the text has as many lines as were asked for, so that its end is no cut. */
  complete: boolean;
}

/** The window as text. It ends at a line's end where one is near, else between two characters. */
export function cutForward(window: Window, encoding: Encoding): Cut {
  const from = firstWhole(window, encoding);
  const atEnd = window.start + window.bytes.length >= window.size;
  if (atEnd) return slice(window, encoding, from, window.bytes.length, true);
  const view = unitsOf(window.bytes, encoding);
  const lineEnd = (view.lastIndexOf('\n') + 1) * unitBytes(encoding);
  const to = lineEnd > window.bytes.length / 2 ? lineEnd : lastWhole(window.bytes, encoding);
  return slice(window, encoding, from, to, false);
}

/** The first `lines` lines of the window. */
export function cutHead(window: Window, encoding: Encoding, lines: number): Cut {
  const view = unitsOf(window.bytes, encoding);
  let end = 0;
  for (let line = 0; line < lines; line += 1) {
    const next = view.indexOf('\n', end);
    if (next < 0) return cutForward(window, encoding);
    end = next + 1;
  }
  return slice(window, encoding, 0, end * unitBytes(encoding), true);
}

/** The last `lines` lines of the window, which ends where the file ends. */
export function cutTail(window: Window, encoding: Encoding, lines: number): Cut {
  const view = unitsOf(window.bytes, encoding);
  // A newline at the very end closes the last line and begins no new one.
  let before = view.endsWith('\n') ? view.length - 1 : view.length;
  for (let line = 0; line < lines; line += 1) {
    before = before <= 0 ? -1 : view.lastIndexOf('\n', before - 1);
    if (before < 0)
      return slice(window, encoding, firstWhole(window, encoding), window.bytes.length, window.start === 0);
  }
  return slice(window, encoding, (before + 1) * unitBytes(encoding), window.bytes.length, true);
}

function slice(window: Window, encoding: Encoding, from: number, to: number, complete: boolean): Cut {
  // Only at the start of a file is it a byte order mark.
  const text = new TextDecoder(encoding, { ignoreBOM: window.start + from > 0 }).decode(
    window.bytes.subarray(from, to),
  );
  return { text, from: window.start + from, to: window.start + to, complete };
}

function unitBytes(encoding: Encoding): 1 | 2 {
  return encoding.startsWith('utf-16') ? 2 : 1;
}

/** One character for each code unit, so that an index times the unit's size is a position in the bytes. */
function unitsOf(bytes: Buffer, encoding: Encoding): string {
  if (unitBytes(encoding) === 1) return bytes.toString('latin1');
  return new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes.subarray(0, bytes.length - (bytes.length % 2)));
}

/** Skips the rest of a UTF-8 character that began before the window. */
function firstWhole({ bytes, start }: Window, encoding: Encoding): number {
  if (encoding !== 'utf-8' || start === 0) return 0;
  let at = 0;
  while (at < 3 && isContinuation(bytes[at])) at += 1;
  return at;
}

/** Leaves out a UTF-8 character that does not end within the window. */
function lastWhole(bytes: Buffer, encoding: Encoding): number {
  if (encoding === 'windows-1252') return bytes.length;
  if (encoding !== 'utf-8') return bytes.length - (bytes.length % 2);
  let at = bytes.length - 1;
  while (at > bytes.length - 4 && at > 0 && isContinuation(bytes[at])) at -= 1;
  return at + sequenceLength(bytes[at] ?? 0) > bytes.length ? at : bytes.length;
}

function sequenceLength(lead: number): number {
  if (lead < 0xc0) return 1;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x80 && byte < 0xc0;
}

/**
 * Encodes a text that is to be written as UTF-8. For a text over `limit` bytes or invalid Unicode, throws what
 * `refused` makes of a sentence. The length is checked first: a text that is far too long is not even encoded.
 */
export function encodeText(content: string, limit: number, refused: (sentence: string) => Error): Buffer {
  const tooLong = refused(`the content is larger than ${limit} bytes, the most that can be written. Write less.`);
  if (content.length > limit) throw tooLong;
  if (!content.isWellFormed())
    throw refused('the content is not valid Unicode (half of a surrogate pair). Correct it.');
  const bytes = Buffer.from(content, 'utf8');
  if (bytes.length > limit) throw tooLong;
  return bytes;
}
