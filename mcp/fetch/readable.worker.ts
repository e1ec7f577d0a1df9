import { parentPort } from 'node:worker_threads';
import { htmlToMarkdown } from './readable.ts';

export interface ReadJob {
  id: number;
  html: string;
  url: string;
}

parentPort?.on('message', (job: ReadJob) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort!.postMessage(answer(job));
});

function answer({ id, html, url }: ReadJob): object {
  try {
    return { id, page: htmlToMarkdown(html, url) };
  } catch (error) {
    return { id, problem: String(error) };
  }
}
