import { ToolError } from '#mcp/kit.ts';
import { createThread } from '#mcp/thread.ts';
import type { ReadJob } from './convert.worker.ts';
import type { ReadablePage } from './readable.ts';

export interface Reader extends AsyncDisposable {
  /**
   * Converts a page, whose bytes are gone afterwards. Throws a ToolError when the page takes too long or too much
   * memory, or when the parser fails on it.
   */
  read(job: Omit<ReadJob, 'ms'>, signal: AbortSignal): Promise<ReadablePage>;
}

const heapBytes = 512 * 1024 * 1024;

export interface ReaderLimits {
  /** Milliseconds for a page of HTML, and for a PDF. */
  markup?: number;
  pdf?: number;
}

/** Converts pages on a thread of its own, one after the other, and PDFs, which take longer, on another. */
export function createReader({ markup = 5_000, pdf = 12_000 }: ReaderLimits = {}): Reader {
  const file = new URL('./convert.worker.ts', import.meta.url);
  const limits = { markup, pdf };
  const threads = {
    markup: createThread<ReadJob, ReadablePage>(file, { ms: markup, heapBytes }),
    pdf: createThread<ReadJob, ReadablePage>(file, { ms: pdf, heapBytes }),
  };
  return {
    async read(job, signal) {
      // A long PDF is to end with what was read before its thread is ended.
      const page = await threads[job.kind].run({ ...job, ms: limits[job.kind] * 0.7 }, signal);
      if (page) return page;
      throw new ToolError(
        job.kind === 'pdf'
          ? 'This PDF is damaged, or takes too much time or memory to read. Look for an HTML or text version.'
          : 'This page could not be turned into text. Call fetch again with raw=true to read its source.',
      );
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([threads.markup[Symbol.asyncDispose](), threads.pdf[Symbol.asyncDispose]()]);
    },
  };
}
