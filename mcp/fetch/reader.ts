import { Worker } from 'node:worker_threads';
import { ToolError } from '#mcp/kit.ts';
import type { ReadablePage } from './readable.ts';

export interface Reader extends AsyncDisposable {
  /** Converts a page. Throws a ToolError when the page takes too long or defeats the parser. */
  read(html: string, url: string): Promise<ReadablePage>;
}

interface Answer {
  id: number;
  page?: ReadablePage;
  problem?: string;
}

/**
 * Converts pages on a thread of its own, one after the other: a page built to be slow to parse then costs one thread a
 * few seconds, and never the server its event loop. The thread starts with the first page and is replaced when it hangs.
 */
export function createReader(limitMs = 5000): Reader {
  let worker: Worker | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let id = 0;
  return {
    read(html, url) {
      const mine = last.then(() => convert(html, url));
      last = mine.catch(() => undefined);
      return mine;
    },
    async [Symbol.asyncDispose]() {
      await worker?.terminate();
      worker = undefined;
    },
  };

  async function convert(html: string, url: string): Promise<ReadablePage> {
    worker ??= startWorker();
    const answer = await ask(worker, { id: (id += 1), html, url }, limitMs);
    if (answer.page) return answer.page;
    if (answer.problem === undefined) {
      await worker.terminate();
      worker = undefined;
    }
    throw new ToolError('This page could not be turned into text. Call fetch again with raw=true to read its source.');
  }
}

function startWorker(): Worker {
  const worker = new Worker(new URL('./readable.worker.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: 512 },
  });
  // An idle thread must not keep a stdio server alive.
  worker.unref();
  return worker;
}

/** Resolves without page and problem when the thread died or did not answer in time. */
function ask(worker: Worker, job: { id: number; html: string; url: string }, limitMs: number): Promise<Answer> {
  return new Promise((resolve) => {
    const give = (answer: Answer): void => {
      clearTimeout(timer);
      worker.off('message', give).off('error', fail).off('exit', fail);
      resolve(answer);
    };
    const fail = (): void => give({ id: job.id });
    const timer = setTimeout(fail, limitMs);
    worker.on('message', give).on('error', fail).on('exit', fail);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    worker.postMessage(job);
  });
}
