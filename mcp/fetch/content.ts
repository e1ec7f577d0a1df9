import { charsetOf, decode, type Charset } from '#mcp/text/charsets.ts';
import { charsetOfType, decideCharset, type Decided } from '#mcp/text/declared.ts';

/** `markup` is HTML, XHTML or a feed: it becomes Markdown. */
export type ContentKind = 'markup' | 'pdf' | 'text' | 'binary';

/**
 * The media type without parameters, in lower case; empty when there is none. Of several values the last that is one
 * counts (Fetch Standard, "extract a MIME type").
 */
export function mediaType(contentType: string | undefined): string {
  const types = (contentType ?? '').split(',').map((value) =>
    value
      .split(';')[0]!
      .trim()
      .replace(/^["']|["']$/g, ''),
  );
  return (
    types.findLast((type) => /^[\w!#$&^.+*-]+\/[\w!#$&^.+*-]+$/.test(type) && type !== '*/*') ?? ''
  ).toLowerCase();
}

const NEVER_TEXT = /^(?:image|audio|video|font)\/(?!svg\+xml$)/;
const PDF_TYPE = /^application\/(?:x-)?pdf$/;
const HTML_TYPE = /^(?:text\/html|application\/xhtml\+xml)$/;
/** Types that say nothing of what the bytes are (MIME Sniffing Standard, 7.1, and what servers send for the unknown). */
const NO_TYPE =
  /^(?:|application\/(?:octet-stream|unknown|binary|download|force-download|x-download)|(?:binary|unknown)\/[\w.+-]+|text\/plain)$/;
const PAGE_START = /^(?:<!doctype html|<html|<head|<body)[\s>]/i;
const PART_START = /^<(?:title|script|style|table|div|h[1-6]|p|a|br|b|font|iframe|section|article|main|ul|ol)[\s>]/i;
const XML_START = /^<(?:rss|feed|rdf:RDF|(?:x?html|h):html|html)[\s>]/;

/**
 * Tells the kind by the declared type and by the bytes: servers name scripts, tables and plain text as they please, or
 * not at all. Pictures and the like are what they are said to be.
 */
export async function kindOf(contentType: string | undefined, bytes: Buffer): Promise<ContentKind> {
  const type = mediaType(contentType);
  if (NEVER_TEXT.test(type)) return 'binary';
  const pdfAt = bytes.subarray(0, 1024).indexOf('%PDF-');
  if (pdfAt === 0 || (pdfAt > 0 && PDF_TYPE.test(type))) return 'pdf';
  const start = bytes.subarray(0, SAMPLE_BYTES);
  const decided = await decideCharset(start, declaredIn(contentType, start), { whole: start.length === bytes.length });
  if (!decided) return 'binary';
  if (HTML_TYPE.test(type))
    return isUntagged(decode(start, decided.charset), start.length === bytes.length) ? 'text' : 'markup';
  const text = decode(start.subarray(0, 8192), decided.charset).replace(
    /^(?:\s|\u{feff}|<\?[^>]*>|<!--[^]*?-->)*/u,
    '',
  );
  const afterDoctype = text.replace(/^<!doctype(?! html\s*>)[^>]*>\s*/i, '');
  if (XML_START.test(afterDoctype) || PAGE_START.test(text) || PAGE_START.test(afterDoctype)) return 'markup';
  if (PDF_TYPE.test(type)) return 'binary';
  return NO_TYPE.test(type) && type !== 'text/plain' && PART_START.test(text) ? 'markup' : 'text';
}

/** JSON or plain text that a server calls a page: as a page it would lose its lines. */
function isUntagged(text: string, whole: boolean): boolean {
  if (!whole || text.trim() === '') return false;
  if (!/<[a-z!/?]/i.test(text) && !/&(?:#\d|[a-z]{2,8};)/i.test(text)) return true;
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    return JSON.parse(text) !== undefined;
  } catch {
    return false;
  }
}

/** Whether a type is one that says of itself that it is text. */
export function isTextType(type: string): boolean {
  return /^text\/|^message\/|^$|[/+](?:json|xml|yaml|toml|javascript|ecmascript|x-javascript|sql|graphql|markdown|x-ndjson|jsonl|x-sh)$|\+(?:json|xml|yaml)$/.test(
    type,
  );
}

/** More bytes decide nothing, and the whole of a page may be large. */
const SAMPLE_BYTES = 65_536;
const MAX_JUDGED = 4 * 1024 * 1024;

/** The text of a page, and how sure its encoding is. Nothing of it is taken for binary any more. */
export async function decodeText(
  bytes: Buffer,
  contentType: string | undefined,
): Promise<{ text: string; note?: string }> {
  const sample = bytes.subarray(0, MAX_JUDGED);
  const declared = declaredIn(contentType, sample.subarray(0, SAMPLE_BYTES));
  const decided = await decideCharset(sample, declared, { whole: sample.length === bytes.length });
  const text = decode(bytes, decided?.charset ?? declared[0] ?? 'utf-8');
  const note = decided && noteOn(decided);
  return note === undefined ? { text } : { text, note };
}

function noteOn({ charset, by, wrong }: Decided): string | undefined {
  if (wrong !== undefined && wrong !== charset)
    return `The page says that its encoding is ${wrong}, but its bytes are not: ${charset} was ${by === 'guess' ? 'guessed' : 'used'}.`;
  return by === 'guess' ? `The page does not say its encoding: ${charset} is a guess.` : undefined;
}

/** What the header says, then the XML declaration, then the page's own `meta`, wherever it stands. */
function declaredIn(contentType: string | undefined, start: Uint8Array): Charset[] {
  const text = Buffer.from(start).toString('latin1').replaceAll('\0', '');
  const xml = /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)/.exec(text)?.[1];
  const inside = [xml, ...metaCharsets(text)].map((label) => charsetOf(label ?? ''));
  // A page whose meta could be read as ASCII is not in UTF-16, whatever it says (HTML Standard, 13.2.3.2).
  const usable = inside.map((charset) => (charset?.startsWith('utf-16') ? 'utf-8' : charset));
  const all = [charsetOfType(contentType ?? ''), ...usable].filter((charset) => charset !== undefined);
  return [...new Set(all)];
}

function metaCharsets(text: string): (string | undefined)[] {
  return Array.from(
    withoutComments(text).matchAll(/<meta\b[^>]{0,500}?\bcharset\s*=\s*["']?\s*([\w.:-]+)/gi),
    ([, label]) => label,
  ).slice(0, 3);
}

/** Step by step: an expression would take the square of the time for comments that never end. */
function withoutComments(text: string): string {
  const parts: string[] = [];
  let from = 0;
  for (let start = text.indexOf('<!--'); start >= 0; start = text.indexOf('<!--', from)) {
    parts.push(text.slice(from, start));
    const end = text.indexOf('-->', start + 4);
    if (end < 0) return parts.join('');
    from = end + 3;
  }
  return parts.join('') + text.slice(from);
}
