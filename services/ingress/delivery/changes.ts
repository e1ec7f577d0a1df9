/** What has changed about a run since everything was last shown. */
export interface Changes {
  note(urgent: boolean): void;
  /** Aborts as soon as something must be shown at once. */
  urgent(): AbortSignal;
  /** Says that everything is shown, so that nothing is urgent any more. */
  settled(): void;
  close(): void;
  fail(error: unknown): void;
  /** Resolves to true when there is something to show, to false when all is shown and nothing more will come. */
  next(signal: AbortSignal): Promise<boolean>;
}

export function createChanges(): Changes {
  let dirty = false;
  let closed = false;
  let failure: unknown;
  let urgency = new AbortController();
  let wake = (): void => undefined;
  return {
    note(urgent) {
      dirty = true;
      if (urgent) urgency.abort();
      wake();
    },
    urgent: () => urgency.signal,
    settled() {
      dirty = false;
      if (urgency.signal.aborted) urgency = new AbortController();
    },
    close() {
      closed = true;
      wake();
    },
    fail(error) {
      failure = error;
      closed = true;
      wake();
    },
    async next(signal) {
      const abort = () => wake();
      signal.addEventListener('abort', abort);
      try {
        // oxlint-disable-next-line no-unmodified-loop-condition -- the other methods change them
        while (!dirty && !closed && !signal.aborted) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      } finally {
        signal.removeEventListener('abort', abort);
      }
      if (failure !== undefined) throw failure;
      if (signal.aborted) return false;
      return dirty;
    },
  };
}
