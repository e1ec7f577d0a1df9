import { ToolError } from '#mcp/kit.ts';
import { roomFor } from '#shared/ground/memory.ts';

export interface Limiter {
  /** Runs `work` when there is room. Rejects with ToolError when too many wait already or the signal aborts first. */
  run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

/** Runs at most `limit` pieces of work at once, in order of arrival; at most `most` wait. */
export function createLimiter(limit: number, most = limit * 10): Limiter {
  const waiting = new Set<() => void>();
  let running = 0;

  async function enter(signal: AbortSignal): Promise<void> {
    if (running < limit) {
      running += 1;
      return;
    }
    if (waiting.size >= most) throw new ToolError('Too many calls are waiting for this server; try again later.');
    await new Promise<void>((resolve, reject) => {
      const abort = () => {
        waiting.delete(go);
        reject(new ToolError('The call was stopped before it began.'));
      };
      const go = () => {
        signal.removeEventListener('abort', abort);
        resolve();
      };
      waiting.add(go);
      signal.addEventListener('abort', abort, { once: true });
    });
  }

  function leave(): void {
    const [next] = waiting;
    if (!next) {
      running -= 1;
      return;
    }
    // The place passes to the next one, so that `running` stays the same.
    waiting.delete(next);
    next();
  }

  return {
    async run(signal, work) {
      if (signal.aborted) throw new ToolError('The call was stopped before it began.');
      await enter(signal);
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}

/** Times of what a call takes in: as bytes, as text, cut, in the result twice (`content`, `structuredContent`), as JSON. */
const copies = 8;

/** How many calls have room at once in what this process may hold, when each takes in so many bytes. */
export function roomForCalls(answerBytes = 0): number {
  return Math.max(1, Math.floor(roomFor(Infinity) / (copies * answerBytes)));
}
