import { GetObjectCommand, type GetObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import type { Readable } from 'node:stream';
import { ToolError } from '#mcp/kit.ts';
import { codingsOf, decoded, MisnamedCoding } from '#mcp/text/content-coding.ts';
import type { Window } from '#mcp/text/windows.ts';

/** A stretch of an object, with what the server says about the whole. */
export interface ObjectPart extends Window {
  contentType: string | undefined;
  contentEncoding: string | undefined;
  modified: Date | undefined;
  /** Bytes as stored; undefined when the server does not say. */
  storedSize: number | undefined;
  /** True when the stretch is of the unpacked content, whose size is known only at its end. */
  unpacked?: boolean;
  /** The coding that the object is said to be in and is not. */
  misnamed?: string;
}

export interface PartRequest {
  bucket: string;
  key: string;
  offset: number;
  /** How many bytes at most. */
  limit: number;
}

/** Packed content has no middle to begin at: everything before it is unpacked again, up to so many bytes. */
const MAX_UNPACKED = 64 * 1024 * 1024;

/**
 * Reads at most `limit` bytes. A first part asks for the whole object and drops the connection when enough has come, so
 * that the checksum of an object that fits is verified. A later part is a ranged request. Content that is stored packed
 * (gzip …) is unpacked, and its positions are those of the unpacked content.
 */
export async function readPart(client: S3Client, request: PartRequest, abortSignal: AbortSignal): Promise<ObjectPart> {
  const answer = await get(client, request, abortSignal);
  const facts = factsOf(answer);
  if (!isPacked(answer)) return takePlain(answer, request, abortSignal);
  if (request.offset > 0) (answer.Body as Readable).destroy();
  const whole = request.offset > 0 ? await get(client, { ...request, offset: 0 }, abortSignal) : answer;
  try {
    return { ...facts, ...(await takeUnpacked(whole, request, abortSignal)) };
  } catch (error) {
    if (!(error instanceof MisnamedCoding)) throw error;
    const plain = await takePlain(await get(client, request, abortSignal), request, abortSignal);
    return { ...plain, misnamed: error.coding };
  }
}

function get(client: S3Client, { bucket, key, offset, limit }: PartRequest, abortSignal: AbortSignal) {
  const extent =
    offset === 0 ? { ChecksumMode: 'ENABLED' as const } : { Range: `bytes=${offset}-${offset + limit - 1}` };
  return client.send(new GetObjectCommand({ Bucket: bucket, Key: key, ...extent }), { abortSignal });
}

function factsOf(answer: GetObjectCommandOutput) {
  return {
    contentType: answer.ContentType,
    contentEncoding: answer.ContentEncoding === '' ? undefined : answer.ContentEncoding,
    modified: answer.LastModified,
  };
}

/** False also for codings that cannot be undone: such an object is described. */
function isPacked(answer: GetObjectCommandOutput): boolean {
  try {
    return codingsOf(answer.ContentEncoding).length > 0;
  } catch (error) {
    if (error instanceof ToolError) return false;
    throw error;
  }
}

async function takePlain(
  answer: GetObjectCommandOutput,
  { limit }: PartRequest,
  abortSignal: AbortSignal,
): Promise<ObjectPart> {
  const { size, start } = extentOf(answer);
  const { bytes, more } = await take(answer.Body as Readable, answer.Body as Readable, 0, limit, abortSignal);
  const known = size ?? (more ? undefined : start + bytes.length);
  return { ...factsOf(answer), bytes, start, size: known ?? Infinity, storedSize: known };
}

async function takeUnpacked(
  answer: GetObjectCommandOutput,
  { offset, limit }: PartRequest,
  abortSignal: AbortSignal,
): Promise<Pick<ObjectPart, 'bytes' | 'start' | 'size' | 'storedSize' | 'unpacked'>> {
  const body = answer.Body as Readable;
  if (offset + limit > MAX_UNPACKED) {
    body.destroy();
    throw new ToolError(
      `The object is stored packed, and only its first ${MAX_UNPACKED} bytes are unpacked. Give a smaller offset.`,
    );
  }
  const content = decoded(body, codingsOf(answer.ContentEncoding));
  const { bytes, more } = await take(content, body, offset, limit, abortSignal);
  if (bytes.length === 0 && offset > 0)
    throw new ToolError('The unpacked object is shorter than that offset. Give a smaller one.');
  const size = more ? Infinity : offset + bytes.length;
  return { bytes, start: offset, size, storedSize: answer.ContentLength, unpacked: true };
}

/** `Content-Range: bytes 5-9/100` (RFC 9110, 14.4). A server without ranges answers with the whole object. */
function extentOf(answer: GetObjectCommandOutput): { start: number; size: number | undefined } {
  const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(answer.ContentRange ?? '');
  return range ? { start: Number(range[1]), size: Number(range[2]) } : { start: 0, size: answer.ContentLength };
}

/** Takes `limit` bytes after the first `skip`, and says whether there are more. */
async function take(
  content: AsyncIterable<Buffer>,
  body: Readable,
  skip: number,
  limit: number,
  abortSignal: AbortSignal,
): Promise<{ bytes: Buffer; more: boolean }> {
  const chunks: Buffer[] = [];
  let seen = 0;
  const stop = () => body.destroy(abortSignal.reason as Error);
  abortSignal.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of content) {
      if (seen + chunk.length > skip) chunks.push(chunk.subarray(Math.max(0, skip - seen)));
      seen += chunk.length;
      if (seen > skip + limit) break;
    }
  } finally {
    abortSignal.removeEventListener('abort', stop);
    body.destroy();
  }
  return { bytes: Buffer.concat(chunks).subarray(0, limit), more: seen > skip + limit };
}
