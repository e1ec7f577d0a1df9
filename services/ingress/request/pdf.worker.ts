import { pdfToText } from '#mcp/fetch/pdf.ts';
import { serveThread } from '#mcp/thread.ts';

export interface PdfJob {
  bytes: Uint8Array;
  /** Characters after which no further page is read. */
  chars: number;
  /** Milliseconds after which a long PDF ends with what was read of it. */
  ms: number;
}

serveThread((job) => {
  const { bytes, chars, ms } = job as PdfJob;
  return pdfToText(bytes, performance.now() + ms, chars);
});
