import { pipeline, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { ToolError } from '#mcp/kit.ts';
import type { Share } from '#mcp/room.ts';

export interface Body {
  bytes: Buffer;
  /** `cap`: the body was larger than the size limit; `cut`: the connection ended before the body did. */
  end: 'whole' | 'cap' | 'cut';
}

const DECODERS: Record<string, () => Transform> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** What `readBody` can decode, for `Accept-Encoding`. */
export const ACCEPT_ENCODING = 'gzip, br';

/**
 * Reads a body up to `maxBytes`, counted after decompression, so that a small bomb cannot become a large page. Throws a
 * ToolError for an unknown encoding or more than one; rejects with the signal's reason when it aborts.
 */
export async function readBody(
  source: Readable,
  encoding: string | undefined,
  maxBytes: number,
  share: Share,
  signal: AbortSignal,
): Promise<Body> {
  const stream = decoded(source, encoding);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      if (!share.take(chunk.length))
        throw new ToolError('Too many large pages are being read at once. Try again in a moment.');
      chunks.push(chunk);
      size += chunk.length;
      if (size > maxBytes) return { bytes: Buffer.concat(chunks).subarray(0, maxBytes), end: 'cap' };
    }
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ToolError) throw error;
    // Part of a page with a note is more useful than an error.
    if (size === 0) throw error;
    return { bytes: Buffer.concat(chunks), end: 'cut' };
  } finally {
    stream.destroy();
    source.destroy();
  }
  return { bytes: Buffer.concat(chunks), end: 'whole' };
}

function decoded(source: Readable, encoding: string | undefined): Readable {
  const name = encoding?.trim().toLowerCase();
  if (!name || name === 'identity') return source;
  const decoder = Object.hasOwn(DECODERS, name) ? DECODERS[name] : undefined;
  if (!decoder) {
    source.on('error', () => undefined).destroy();
    throw new ToolError(`The server sent the page in an encoding that cannot be read (${name.slice(0, 40)}).`);
  }
  // Errors of both streams surface in the loop that reads the last stream.
  return pipeline(source, decoder(), () => undefined);
}
