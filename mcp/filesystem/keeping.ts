import { decode, encode, type Charset } from '#mcp/text/charsets.ts';
import { detect, markBytes, markOf } from '#mcp/text/detect.ts';
import { refused } from '#mcp/words.ts';

/** The bytes of a new text, and what of the old file they keep, in words. */
export interface Kept {
  bytes: Buffer;
  kept: string[];
}

export interface Old {
  /** Its first bytes, or all of it. */
  bytes: Buffer;
  whole: boolean;
}

/**
 * The bytes of a text that replaces another: a reader sees neither encoding, byte order mark nor the kind of line ends,
 * so writing must not change them. `asked` is the encoding that the caller gave. Throws a refusal when the encoding
 * lacks characters of the text.
 */
export async function bytesLike(old: Old | undefined, content: string, asked: Charset | undefined): Promise<Kept> {
  const found = old ? await detect(old.bytes, { whole: old.whole }) : undefined;
  const own = found?.charset.includes('+') ? 'utf-8' : found?.charset;
  const charset = asked ?? own ?? 'utf-8';
  const kept: string[] = [];
  if (asked === undefined && charset !== 'utf-8') kept.push(`its encoding (${charset})`);
  const hasMark =
    own === charset ? old !== undefined && markOf(old.bytes) !== undefined : /^utf-(?:16|32)/.test(charset);
  const mark = hasMark && !content.startsWith('\ufeff') ? markBytes(charset) : Buffer.alloc(0);
  if (mark.length > 0 && own === charset) kept.push('its byte order mark');
  const text = found && old ? withEndsOf(decode(old.bytes, found.charset), old.whole, content) : content;
  if (text !== content) kept.push('its line ends');
  return { bytes: Buffer.concat([mark, encoded(text, charset, asked !== undefined)]), kept };
}

function encoded(text: string, charset: Charset, isAsked: boolean): Buffer {
  const { bytes, missing } = encode(text, charset);
  if (bytes) return bytes;
  const what = isAsked ? `The encoding ${charset}` : `the file is in ${charset}, which`;
  if (missing === undefined) throw refused(`${what} cannot be written here. Give encoding="utf-8".`);
  throw refused(
    `${what} has no ${missing}. Write the text without, or give encoding="utf-8" if the file may change its encoding.`,
  );
}

/** Gives a text whose lines end in plain line feeds the line ends of the one that it replaces. */
function withEndsOf(old: string, isWhole: boolean, content: string): string {
  if (content.includes('\r') || !old.includes('\r')) return content;
  const ends = old.match(/\r\n|\r|\n/g) ?? [];
  const kinds = new Set(ends);
  const usual = mostFrequent(ends);
  if (kinds.size === 1 || !isWhole) return content.replaceAll('\n', usual);
  return withMixedEnds(old, content, usual);
}

function mostFrequent(ends: readonly string[]): string {
  const count = (kind: string): number => ends.filter((end) => end === kind).length;
  return ['\n', '\r\n', '\r'].toSorted((a, b) => count(b) - count(a))[0]!;
}

/** Lines before and after what changed keep their own ends; the changed ones get the most frequent. */
function withMixedEnds(old: string, content: string, usual: string): string {
  const before = linesOf(old);
  const after = linesOf(content);
  let same = 0;
  while (same < after.length && before[same]?.text === after[same]!.text) same += 1;
  let tail = 0;
  while (tail < after.length - same && before.at(-1 - tail)?.text === after.at(-1 - tail)!.text) tail += 1;
  return after
    .map(({ text, end }, at) => {
      const model = at < same ? before[at] : at >= after.length - tail ? before.at(at - after.length) : undefined;
      return text + (end === '' ? '' : model?.end || usual);
    })
    .join('');
}

function linesOf(text: string): { text: string; end: string }[] {
  return Array.from(text.matchAll(/([^\r\n]*)(\r\n|\r|\n|$)/g), ([, line = '', end = '']) => ({
    text: line,
    end,
  })).filter(({ text: line, end }) => line !== '' || end !== '');
}
