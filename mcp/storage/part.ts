import { GetObjectCommand, type GetObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import type { Readable } from 'node:stream';
import type { Window } from '#mcp/text.ts';

/** A stretch of an object, with what the server says about the whole. */
export interface ObjectPart extends Window {
  contentType: string | undefined;
  contentEncoding: string | undefined;
  modified: Date | undefined;
}

export interface PartRequest {
  bucket: string;
  key: string;
  offset: number;
  /** How many bytes at most. */
  limit: number;
}

/**
 * Reads at most `limit` bytes. A first part asks for the whole object and drops the connection when enough has come, so
 * that the checksum of an object that fits is verified. A later part is a ranged request.
 */
export async function readPart(client: S3Client, request: PartRequest, abortSignal: AbortSignal): Promise<ObjectPart> {
  const { bucket, key, offset, limit } = request;
  const extent =
    offset === 0 ? { ChecksumMode: 'ENABLED' as const } : { Range: `bytes=${offset}-${offset + limit - 1}` };
  const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, ...extent }), { abortSignal });
  const { size, start } = extentOf(answer);
  return {
    bytes: await take(answer.Body as Readable, limit, abortSignal),
    start,
    size,
    contentType: answer.ContentType,
    contentEncoding: answer.ContentEncoding === '' ? undefined : answer.ContentEncoding,
    modified: answer.LastModified,
  };
}

/** `Content-Range: bytes 5-9/100` (RFC 9110, 14.4). A server without ranges answers with the whole object. */
function extentOf(answer: GetObjectCommandOutput): { start: number; size: number } {
  const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(answer.ContentRange ?? '');
  return range ? { start: Number(range[1]), size: Number(range[2]) } : { start: 0, size: answer.ContentLength ?? 0 };
}

async function take(body: Readable, limit: number, abortSignal: AbortSignal): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const stop = () => body.destroy(abortSignal.reason as Error);
  abortSignal.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > limit) break;
    }
  } finally {
    abortSignal.removeEventListener('abort', stop);
    body.destroy();
  }
  return Buffer.concat(chunks).subarray(0, limit);
}
