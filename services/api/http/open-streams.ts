import { metrics } from '#shared/process/metrics.ts';
import { ApiError } from './errors.ts';

/** Answers that clients wait for just now. */
export interface OpenStreams {
  /** Counts one more for a caller until it is disposed. Throws ApiError 429 at the limit, 503 while this door closes. */
  enter(caller: string): Disposable;
  /** Aborts when this door closes and what is under way must end. */
  readonly closing: AbortSignal;
  /** How many are open. */
  readonly size: number;
}

export function createOpenStreams(perCaller: number): OpenStreams & { close(): void } {
  const open = new Map<string, number>();
  const closing = new AbortController();
  let size = 0;
  return {
    closing: closing.signal,
    get size() {
      return size;
    },
    close: () => closing.abort(),
    enter(caller) {
      if (closing.signal.aborted) throw shuttingDown();
      const count = open.get(caller) ?? 0;
      if (count >= perCaller) {
        throw new ApiError(429, `This key waits for ${count} answers already; no more at once.`, {
          type: 'rate_limit_error',
          code: 'too_many_streams',
          headers: { 'retry-after': '1' },
        });
      }
      open.set(caller, count + 1);
      size += 1;
      metrics.httpStreamsOpen.inc();
      return {
        [Symbol.dispose]() {
          size -= 1;
          metrics.httpStreamsOpen.dec();
          const left = (open.get(caller) ?? 1) - 1;
          if (left === 0) open.delete(caller);
          else open.set(caller, left);
        },
      };
    },
  };
}

/** What a client is told whose answer this process cannot wait for any longer. The run goes on. */
export function shuttingDown(runId?: string): ApiError {
  const where = runId === undefined ? 'Try again.' : `The run goes on: GET /v1/runs/${runId}/events shows the rest.`;
  return new ApiError(503, `This server is being restarted. ${where}`, {
    code: 'shutting_down',
    headers: { 'retry-after': '1' },
  });
}
