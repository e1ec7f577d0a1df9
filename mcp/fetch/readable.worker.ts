import { serveThread } from '#mcp/thread.ts';
import { decodeText } from './content.ts';
import { htmlToMarkdown } from './readable.ts';

/** A page with its bytes still encoded: decoding them is also work for this thread. */
export interface ReadJob {
  bytes: Uint8Array;
  contentType: string | undefined;
  url: string;
}

serveThread((job) => {
  const { bytes, contentType, url } = job as ReadJob;
  // A Buffer arrives here as a plain array of bytes.
  return htmlToMarkdown(decodeText(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), contentType), url);
});
