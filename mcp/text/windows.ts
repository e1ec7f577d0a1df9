import { refused } from '#mcp/words.ts';
import { decode, decodeStrictly, type Charset } from './charsets.ts';

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
export function cutForward(window: Window, charset: Charset): Cut {
  const from = firstWhole(window, charset);
  const { bytes } = window;
  const atEnd = window.start + bytes.length >= window.size;
  if (atEnd) return slice(window, charset, from, bytes.length, true);
  const lineEnd = lineEndBefore(bytes, charset, bytes.length);
  const to = lineEnd > bytes.length / 2 ? lineEnd : lastWhole(bytes, charset, Math.max(from, lineEnd));
  return slice(window, charset, from, to, false);
}

/** The first `lines` lines of the window. */
export function cutHead(window: Window, charset: Charset, lines: number): Cut {
  let end = 0;
  for (let line = 0; line < lines; line += 1) {
    const next = lineEndAfter(window.bytes, charset, end);
    if (next < 0) return cutForward(window, charset);
    end = next;
  }
  return slice(window, charset, 0, end, true);
}

/** The last `lines` lines of the window, which ends where the file ends. */
export function cutTail(window: Window, charset: Charset, lines: number): Cut {
  const { bytes } = window;
  // A newline at the very end closes the last line and begins no new one.
  let start = bytes.length;
  for (let line = 0; line < lines; line += 1) {
    const unit = unitBytes(charset);
    start = start <= 0 ? 0 : lineEndBefore(bytes, charset, start - unit);
    if (start <= 0) return slice(window, charset, firstWhole(window, charset), bytes.length, window.start === 0);
  }
  return slice(window, charset, start, bytes.length, true);
}

function slice(window: Window, charset: Charset, from: number, to: number, complete: boolean): Cut {
  // Only at the start of a file is it a byte order mark.
  const text = decode(window.bytes.subarray(from, to), charset, { inside: window.start + from > 0 });
  return { text, from: window.start + from, to: window.start + to, complete };
}

function unitBytes(charset: Charset): 1 | 2 | 4 {
  if (charset.startsWith('utf-32')) return 4;
  return charset.startsWith('utf-16') ? 2 : 1;
}

/** A line feed in the encoding. In all others a byte of this value is never a part of another character. */
function lineFeed(charset: Charset): Buffer {
  const feed = Buffer.alloc(unitBytes(charset));
  feed[charset.endsWith('be') ? feed.length - 1 : 0] = 0x0a;
  return feed;
}

/** Where the first line that ends after `from` ends; -1 for none. */
function lineEndAfter(bytes: Buffer, charset: Charset, from: number): number {
  const feed = lineFeed(charset);
  let at = bytes.indexOf(feed, from);
  while (at >= 0 && at % feed.length !== 0) at = bytes.indexOf(feed, at + 1);
  return at < 0 ? -1 : at + feed.length;
}

/** Where the last line that ends at `before` or earlier ends; 0 for none. */
function lineEndBefore(bytes: Buffer, charset: Charset, before: number): number {
  const feed = lineFeed(charset);
  let at = before < feed.length ? -1 : bytes.lastIndexOf(feed, before - feed.length);
  while (at >= 0 && at % feed.length !== 0) at = at === 0 ? -1 : bytes.lastIndexOf(feed, at - 1);
  return at < 0 ? 0 : at + feed.length;
}

/** Skips the rest of a character that began before the window. In double-byte encodings nothing shows where one begins. */
function firstWhole({ bytes, start }: Window, charset: Charset): number {
  const unit = unitBytes(charset);
  if (unit > 1) return (unit - (start % unit)) % unit;
  if (!charset.startsWith('utf-8') || start === 0) return 0;
  let at = 0;
  while (at < 3 && isContinuation(bytes[at])) at += 1;
  return at;
}

/** The longest character of any encoding takes four bytes. */
const LONGEST = 4;

/** Leaves out a character that does not end within the window; `from` is where one begins. */
function lastWhole(bytes: Buffer, charset: Charset, from: number): number {
  const unit = unitBytes(charset);
  const [first = charset] = charset.split('+');
  const most = bytes.length - ((bytes.length - from) % unit);
  for (let to = most; to > Math.max(from, most - LONGEST); to -= unit)
    if (decodeStrictly(bytes.subarray(from, to), first) !== undefined) return to;
  return most;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x80 && byte < 0xc0;
}

/**
 * Refuses a text, or its bytes, over `limit` bytes, and a text that is no valid Unicode. A text is checked before it is
 * encoded: a far too long one is not even encoded.
 */
export function requireWritable(content: string | Buffer, limit: number): void {
  if (content.length > limit)
    throw refused(`the content is larger than ${limit} bytes, the most that can be written. Write less.`);
  if (typeof content === 'string' && !content.isWellFormed())
    throw refused('the content is not valid Unicode (half of a surrogate pair). Correct it.');
}
