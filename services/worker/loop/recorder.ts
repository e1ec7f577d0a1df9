import type { JournalEntry } from '#shared/run/journal-entries.ts';
import type { Clock } from '#shared/redis/clock.ts';
import { foldEntry } from '#shared/run/fold/fold.ts';
import type { RunState } from '#shared/run/fold/run-state.ts';

/** Writes a run's journal with few round trips. */
export interface Recorder {
  /** Takes an entry into the state; the next `flush` stores it. */
  record(...entries: JournalEntry[]): void;
  /** Begins to store what was recorded, after earlier batches. If that fails, `flush` and `settled` reject. */
  store(): void;
  /**
   * Stores what was recorded. It must have resolved before anything is done that rests on it: a tool called, a human
   * asked, the run ended. Throws FencedError when another worker has the run.
   */
  flush(): Promise<void>;
  /** Resolves when nothing is being stored. Throws as `flush` does. */
  settled(): Promise<void>;
  /** Hands over what is not stored yet to the caller, who stores it together with the run's end. */
  take(): JournalEntry[];
}

/** `append` stores entries in order, all or none. */
export function createRecorder(
  append: (entries: JournalEntry[]) => Promise<unknown>,
  state: RunState,
  clock: Clock,
): Recorder {
  let pending: JournalEntry[] = [];
  let writing: Promise<unknown> = Promise.resolve();
  function store(): void {
    if (pending.length === 0) return;
    const batch = pending;
    pending = [];
    writing = writing.then(() => append(batch));
    // The next `flush` or `settled` rejects with the failure.
    writing.catch(() => undefined);
  }
  return {
    record(...entries) {
      for (const entry of entries) {
        foldEntry(state, entry, clock());
        pending.push(entry);
      }
    },
    store,
    async flush() {
      store();
      await writing;
    },
    async settled() {
      await writing;
    },
    take() {
      const rest = pending;
      pending = [];
      return rest;
    },
  };
}
