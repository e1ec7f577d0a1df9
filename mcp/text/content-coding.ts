import { pipeline, Readable, type Transform } from 'node:stream';
import {
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
  inflateRawSync,
} from 'node:zlib';
import { ToolError } from '#mcp/kit.ts';

/** The bytes are not in the coding that they are said to be in. */
export class MisnamedCoding extends Error {
  override name = 'MisnamedCoding';
  readonly coding: string;

  constructor(coding: string) {
    super(`the content is not ${coding}`);
    this.coding = coding;
  }
}

/** The codings of IANA's registry that nothing here can undo. Every other unknown word is no coding at all. */
const UNREADABLE = new Set(['aes128gcm', 'compress', 'x-compress', 'dcb', 'dcz', 'exi', 'pack200-gzip']);

const NAMES: Record<string, Coding> = { gzip: 'gzip', 'x-gzip': 'gzip', deflate: 'deflate', br: 'br', zstd: 'zstd' };
type Coding = 'gzip' | 'deflate' | 'br' | 'zstd';

/** Nobody packs a page more often, and each layer multiplies what a bomb can cost. */
const MAX_LAYERS = 3;

/**
 * The codings of a `Content-Encoding` in the order in which they were applied (RFC 9110, 8.4). Words that are no coding
 * (`identity`, `utf-8`, `none`, `aws-chunked` …) are left out: the content is as it is. Throws a ToolError for a coding
 * that cannot be undone.
 */
export function codingsOf(header: string | undefined): Coding[] {
  const words = (header ?? '').split(',').map(wordOf);
  const unreadable = words.find((word) => UNREADABLE.has(word));
  if (unreadable !== undefined)
    throw new ToolError(`The content comes in an encoding that cannot be read (${unreadable}). Try another source.`);
  const codings = words.flatMap((word) => (Object.hasOwn(NAMES, word) ? [NAMES[word]!] : []));
  if (codings.length > MAX_LAYERS)
    throw new ToolError(`The content is packed ${codings.length} times over, which is not read. Try another source.`);
  return codings;
}

function wordOf(item: string): string {
  return (item.split(';')[0] ?? '').replace(/["']/g, '').trim().toLowerCase();
}

/** Undoes the codings. Ending the loop over it early ends the source. Throws `MisnamedCoding` while it is read. */
export function decoded(source: Readable, codings: readonly Coding[]): AsyncIterable<Buffer> {
  return codings.reduceRight<AsyncIterable<Buffer>>((content, coding) => unpacked(content, coding), source);
}

/** True for bytes that are gzip although nothing says so: packed twice and named once, or not named at all. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8;
}

async function* unpacked(source: AsyncIterable<Buffer>, coding: Coding): AsyncGenerator<Buffer> {
  const { head, all } = await peek(source);
  if (head.length === 0) return;
  const decoder = decoderFor(coding, head);
  const seen: Seen = { packed: [], packedSize: 0, size: 0 };
  const packed = Readable.from(isGzip(head) ? watched(all, seen) : all);
  // Errors of all streams surface in the loop over the last.
  const stream = pipeline(packed, decoder, () => undefined);
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      seen.size += chunk.length;
      yield chunk;
    }
  } catch (error) {
    const left = isFormatError(error) ? leftOf(seen) : undefined;
    if (left) return yield left;
    if (seen.size === 0 && isFormatError(error)) throw new MisnamedCoding(coding);
    throw error;
  }
}

/** RFC 8878, 3.1.1 */
const ZSTD_MAGIC = 0xfd2fb528;

function decoderFor(coding: Coding, head: Buffer): Transform {
  // Some servers name one coding and use another.
  if (isGzip(head)) return createGunzip();
  if (head.length >= 4 && head.readUInt32LE(0) === ZSTD_MAGIC) return createZstdDecompress();
  switch (coding) {
    case 'gzip':
      throw new MisnamedCoding(coding);
    case 'deflate':
      // "deflate" is the zlib format, but many servers send the bare stream inside it.
      return (head[0]! & 0x0f) === 8 && head.length > 1 && head.readUInt16BE(0) % 31 === 0
        ? createInflate()
        : createInflateRaw();
    case 'br':
      return createBrotliDecompress();
    case 'zstd':
      return createZstdDecompress();
    default:
      return coding satisfies never;
  }
}

function isFormatError(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(?:Z_DATA_ERROR|Z_BUF_ERROR|ERR_+ERROR_FORMAT|ZSTD_error)/.test(code);
}

/** What came of a gzip stream so far: its first bytes, packed, and how many it unpacked to. */
interface Seen {
  packed: Buffer[];
  packedSize: number;
  size: number;
}

const KEPT_BYTES = 1024 * 1024;

async function* watched(source: AsyncIterable<Buffer>, seen: Seen): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    seen.packedSize += chunk.length;
    if (seen.packedSize > KEPT_BYTES) seen.packed = [];
    else seen.packed.push(chunk);
    yield chunk;
  }
}

/**
 * What is left of a gzip stream with stray bytes behind it: zlib takes these for a broken second stream, and then keeps
 * back what it has just unpacked. Undefined when the stream itself is broken, or too long to be unpacked at one go.
 */
function leftOf(seen: Seen): Buffer | undefined {
  const packed = Buffer.concat(seen.packed);
  const start = headerLength(packed);
  if (start === undefined) return undefined;
  try {
    return inflateRawSync(packed.subarray(start), { maxOutputLength: 16 * KEPT_BYTES }).subarray(seen.size);
  } catch {
    return undefined;
  }
}

/** How long the header of a gzip stream is (RFC 1952, 2.3). */
function headerLength(bytes: Buffer): number | undefined {
  if (!isGzip(bytes) || bytes.length < 18) return undefined;
  const flags = bytes[3]!;
  let at = 10;
  if (flags & 4) at += 2 + bytes.readUInt16LE(at);
  for (const flag of [8, 16]) if (flags & flag) at = bytes.indexOf(0, at) + 1;
  return flags & 2 ? at + 2 : at;
}

/** The first bytes, and everything with these in front. */
async function peek(source: AsyncIterable<Buffer>): Promise<{ head: Buffer; all: AsyncIterable<Buffer> }> {
  const rest = source[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < 4) {
    const next = await rest.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  return { head, all: joined(head, rest) };
}

async function* joined(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield head;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
