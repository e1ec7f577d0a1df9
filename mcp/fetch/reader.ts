import { ToolError } from '#mcp/kit.ts';
import { createThread } from '#mcp/thread.ts';
import type { ReadablePage } from './readable.ts';
import type { ReadJob } from './readable.worker.ts';

export interface Reader extends AsyncDisposable {
  /**
   * Converts a page. Throws a ToolError when the page takes too long or too much memory, or when the parser fails on
   * it.
   */
  read(job: ReadJob, signal: AbortSignal): Promise<ReadablePage>;
}

const heapBytes = 512 * 1024 * 1024;

/** Converts pages on a thread of its own, one after the other. */
export function createReader(ms = 5_000): Reader {
  const thread = createThread<ReadJob, ReadablePage>(new URL('./readable.worker.ts', import.meta.url), {
    ms,
    heapBytes,
  });
  return {
    async read(job, signal) {
      const page = await thread.run(job, signal);
      if (page) return page;
      throw new ToolError(
        'This page could not be turned into text. Call fetch again with raw=true to read its source.',
      );
    },
    [Symbol.asyncDispose]: () => thread[Symbol.asyncDispose](),
  };
}
