import { setTimeout as sleep } from 'node:timers/promises';
import { journalRefused } from '../events.ts';

/** How Redis refuses a write that it will take later: full, unable to write to its disk, busy, loading, changing roles. */
const passing = /\b(?:OOM|MISCONF|BUSY|LOADING|READONLY|MASTERDOWN|NOREPLICAS|CLUSTERDOWN|TRYAGAIN)\b/;
/** Milliseconds for which a write is tried, and between two tries. */
const patienceMs = 60_000;
const againMs = 500;

/**
 * Writes, again and again while Redis refuses: what a model has answered and a tool has done is known to this worker
 * alone, and the next one would have to ask and call again. Rejects with the last failure when Redis has refused for too
 * long, or when `signal` aborts. `write` may be done twice.
 */
export async function untilTaken<T>(write: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const until = performance.now() + patienceMs;
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await write();
    } catch (error) {
      const passes = error instanceof Error && error.name === 'ReplyError' && passing.test(error.message);
      if (!passes || signal.aborted || performance.now() > until) throw error;
      if (isFirst) journalRefused(error.message);
    }
    await sleep(againMs, undefined, { signal }).catch(() => undefined);
  }
}
