import type { IncomingMessage } from 'node:http';
import { shapeOf } from '#shared/ground/json-shape.ts';
import { roomFor } from '#shared/ground/memory.ts';
import { createRoom, type Room, type Share } from '#mcp/room.ts';

/** `not-json`: it cannot be read, or nests so deep that nobody should. */
export type Body = { kind: 'json'; value: unknown } | { kind: 'too-large' } | { kind: 'busy' } | { kind: 'not-json' };

/** Deepest nesting of a request: what is far deeper overflows the stack of whoever looks at it. */
const maxDepth = 1_000;

/** Bytes of a request that are not counted: most requests are smaller, and these are never told to wait. */
const countedFrom = 65_536;

/** Room for the bytes that large requests hold together until they are answered; there is always room for one. */
export function createBodyRoom(maxBytes: number): Room {
  return createRoom(Math.max(roomFor(512 * 1024 * 1024) / 4, maxBytes));
}

/**
 * Reads a request's JSON of at most `maxBytes`, which counts against `share` from then on. Rejects when the caller goes
 * away before the request's end.
 */
export async function readJsonBody(request: IncomingMessage, maxBytes: number, share: Share): Promise<Body> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return { kind: 'too-large' };
  const bytes = await readBytes(request, maxBytes, share);
  if (!Buffer.isBuffer(bytes)) return { kind: bytes };
  const text = bytes.toString('utf8');
  if (shapeOf(text).depth > maxDepth) return { kind: 'not-json' };
  try {
    return { kind: 'json', value: JSON.parse(text) as unknown };
  } catch {
    return { kind: 'not-json' };
  }
}

/** Uses listeners instead of an async iterator: every call passes here, and the iterator costs a dozen promises. */
function readBytes(request: IncomingMessage, maxBytes: number, share: Share): Promise<Buffer | 'too-large' | 'busy'> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let bytes = 0;
    let busy = false;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) {
        request.pause();
        resolve('too-large');
      } else if (!busy && (bytes <= countedFrom || share.take(chunk.length))) {
        chunks.push(chunk);
      } else {
        // The request is read to its end all the same: a caller whose request breaks off does not know that nothing was
        // done.
        busy = true;
        chunks = [];
      }
    });
    request.once('end', () => resolve(busy ? 'busy' : chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    request.once('error', reject);
    // The error is made only here, because its stack trace costs more than the rest of this function.
    request.once('close', () => {
      if (!request.complete) reject(new Error('the caller left in the middle of its request'));
    });
  });
}
