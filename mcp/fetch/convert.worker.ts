import { serveThread } from '#mcp/thread.ts';
import { decodeText } from './content.ts';
import { feedToMarkdown } from './feeds.ts';
import { pdfToText } from './pdf.ts';
import { htmlToMarkdown, type ReadablePage } from './readable.ts';

/** A page with its bytes still encoded: decoding them is also work for this thread. */
export interface ReadJob {
  kind: 'markup' | 'pdf';
  bytes: Uint8Array;
  contentType: string | undefined;
  url: string;
  /** Milliseconds after which a long PDF ends with what was read of it. */
  ms: number;
}

serveThread(async (job) => {
  const { kind, bytes, contentType, url, ms } = job as ReadJob;
  if (kind === 'pdf') {
    const { text, ...facts } = await pdfToText(bytes, performance.now() + ms);
    return { ...facts, markdown: text } satisfies ReadablePage;
  }
  // A Buffer arrives here as a plain array of bytes.
  const { text, note } = await decodeText(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), contentType);
  const isXml = /xml/i.test(contentType ?? '') || /^\s*<\?xml/.test(text);
  const page =
    (isXml || /^[^]{0,1000}?<(?:rss|feed|rdf:RDF)[\s>]/.test(text) ? feedToMarkdown(text, url) : undefined) ??
    htmlToMarkdown(text, url, isXml && /xhtml|xml/i.test(contentType ?? ''));
  return { ...page, note: [page.note, note].filter(Boolean).join(' ') || undefined } satisfies ReadablePage;
});
