import type { IncomingMessage } from 'node:http';
import { roomFor } from '#shared/ground/memory.ts';
import { createRoom, type Room, type Share } from '#mcp/room.ts';

export type Body = { kind: 'json'; value: unknown } | { kind: 'too-large' } | { kind: 'busy' } | { kind: 'not-json' };

/** Bytes of a request that are not counted: most requests are smaller, and these are never told to wait. */
const countedFrom = 65_536;

/** What large requests may hold together until they are answered; always room for one. */
export function createBodyRoom(maxBytes: number): Room {
  return createRoom(Math.max(roomFor(512 * 1024 * 1024) / 4, maxBytes));
}

/**
 * Reads a request's JSON of at most `maxBytes`, which `share` holds from then on. Rejects when the caller goes away before
 * its end.
 */
export async function readJsonBody(request: IncomingMessage, maxBytes: number, share: Share): Promise<Body> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return { kind: 'too-large' };
  const bytes = await readBytes(request, maxBytes, share);
  if (!Buffer.isBuffer(bytes)) return { kind: bytes };
  try {
    return { kind: 'json', value: JSON.parse(bytes.toString('utf8')) as unknown };
  } catch {
    return { kind: 'not-json' };
  }
}

/** Listeners instead of an async iterator: every call passes here, and the iterator costs a dozen promises. */
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
        // Read to its end all the same: a caller whose request breaks off does not know that nothing was done.
        busy = true;
        chunks = [];
      }
    });
    request.once('end', () => resolve(busy ? 'busy' : chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    request.once('error', reject);
    // A stack trace costs more than the rest of this: the error is made only where there is one.
    request.once('close', () => {
      if (!request.complete) reject(new Error('the caller left in the middle of its request'));
    });
  });
}
