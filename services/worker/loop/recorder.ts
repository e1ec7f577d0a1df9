import type { JournalEntry } from '#shared/run/journal-entries.ts';
import type { Clock } from '#shared/redis/clock.ts';
import { foldEntry } from '#shared/run/fold/fold.ts';
import type { RunState } from '#shared/run/fold/run-state.ts';

/** Writes a run's journal with few round trips. */
export interface Recorder {
  /** Takes an entry into the state; it is stored with the next `flush`. */
  record(...entries: JournalEntry[]): void;
  /** Begins to store what was recorded, after what is being stored already. Its failure comes out of `flush` and `settled`. */
  store(): void;
  /**
   * Stores what was recorded. Must have resolved before anything is done on the strength of it: a tool called, a human
   * asked, the run ended. Throws FencedError when another worker has the run.
   */
  flush(): Promise<void>;
  /** Resolves when nothing is being stored. Throws as `flush`. */
  settled(): Promise<void>;
  /** Gives what is not stored yet to the caller, who stores it together with the run's end. */
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
    // Whoever goes on with the run hears of it.
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
