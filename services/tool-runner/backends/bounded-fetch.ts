import type { FetchLike } from '@modelcontextprotocol/client';

/** Bytes of one answer of a remote server; a longer one breaks the connection. */
export const answerMaxBytes = 16_000_000;

/** The answer is larger than we take. */
export class TooLarge extends Error {
  override name = 'TooLarge';
}

/**
 * fetch for servers that are not ours: it follows no redirect, which could lead inside, and takes no endless answer.
 * Streams of events last as long as their connection; their reader bounds each event.
 */
export const boundedFetch: FetchLike = async (url, init) => {
  const response = await fetch(url, { ...init, redirect: 'error' });
  if (response.body === null || response.headers.get('content-type')?.startsWith('text/event-stream')) return response;
  let bytes = 0;
  const counted = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.byteLength;
        if (bytes > answerMaxBytes) controller.error(new TooLarge(`the answer is larger than ${answerMaxBytes} bytes`));
        else controller.enqueue(chunk);
      },
    }),
  );
  const { status, statusText, headers } = response;
  return new Response(counted, { status, statusText, headers });
};
