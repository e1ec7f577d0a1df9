import { Readable } from 'node:stream';
import { ToolError } from '#mcp/kit.ts';
import type { Share } from '#mcp/room.ts';
import { codingsOf, decoded, isGzip, MisnamedCoding } from '#mcp/text/content-coding.ts';

export interface Body {
  bytes: Buffer;
  /**
   * `cap`: the body was larger than the size limit; `cut`: the connection ended before the body did; `damaged`: its
   * compressed form broke off.
   */
  end: 'whole' | 'cap' | 'cut' | 'damaged';
}

/** What is asked for; more is understood. */
export const ACCEPT_ENCODING = 'gzip, br';

/**
 * Reads a body up to `maxBytes`, counted after decompression, so that a small bomb cannot become a large page. Throws a
 * ToolError for an encoding that cannot be read, or that the body is not in; rejects with the signal's reason when it
 * aborts. `isFile` is true for a type that may be gzip itself.
 */
export async function readBody(
  source: Readable,
  { encoding, isFile }: { encoding: string | undefined; isFile: boolean },
  maxBytes: number,
  share: Share,
  signal: AbortSignal,
): Promise<Body> {
  const body = await read(source, encoding, maxBytes, share, signal);
  // Some servers pack twice and say so once, or do not say it at all.
  if (isFile || body.end !== 'whole' || !isGzip(body.bytes)) return body;
  return read(Readable.from([body.bytes]), 'gzip', maxBytes, share, signal);
}

async function read(
  source: Readable,
  encoding: string | undefined,
  maxBytes: number,
  share: Share,
  signal: AbortSignal,
): Promise<Body> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of decoded(source, codingsOf(encoding))) {
      if (!share.take(chunk.length))
        throw new ToolError('Too many large pages are being read at once. Try again in a moment.');
      chunks.push(chunk);
      size += chunk.length;
      if (size > maxBytes) return { bytes: Buffer.concat(chunks).subarray(0, maxBytes), end: 'cap' };
    }
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ToolError) throw error;
    if (error instanceof MisnamedCoding)
      throw new ToolError(
        `The server says that the page is packed as ${error.coding} (Content-Encoding: ${shortened(encoding)}), but it is not, so it cannot be read. The fault is the server's; try another source.`,
      );
    // Part of a page with a note is more useful than an error.
    if (size === 0) throw error;
    return { bytes: Buffer.concat(chunks), end: isPackFault(error) ? 'damaged' : 'cut' };
  } finally {
    source.on('error', () => undefined).destroy();
  }
  return { bytes: Buffer.concat(chunks), end: 'whole' };
}

function isPackFault(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(?:Z_(?!BUF)|ERR_+ERROR|ZSTD)/.test(code);
}

function shortened(text: string | undefined): string {
  return (text ?? '').slice(0, 60);
}
