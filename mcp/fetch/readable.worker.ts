import { serveThread } from '#mcp/thread.ts';
import { decodeText } from './content.ts';
import { htmlToMarkdown } from './readable.ts';

/** A page as it came: decoding it is work too. */
export interface ReadJob {
  bytes: Uint8Array;
  contentType: string | undefined;
  url: string;
}

serveThread((job) => {
  const { bytes, contentType, url } = job as ReadJob;
  // A Buffer arrives as a plain array of bytes.
  return htmlToMarkdown(decodeText(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), contentType), url);
});
