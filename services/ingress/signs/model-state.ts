import type { RunState } from '#shared/run/fold/run-state.ts';

/** How well the model answers, by the journals of the runs shown here; the ingress has no access to the model. */
export interface ModelState {
  note(run: Pick<RunState, 'answeredAt' | 'failures'>): void;
  /** `unknown`: the model was not asked in the last minutes. `since` and `at` are in milliseconds since the epoch. */
  read(now?: number): { state: 'unknown' } | { state: 'answering'; at: number } | { state: 'failing'; since: number };
}

const recentMs = 600_000;
/** Failures that come from the question, not from the model's state. */
const ofTheQuestion = new Set(['context-too-long', 'refused-content', 'bad-request', 'tools-unsupported']);

export function createModelState(): ModelState {
  let answeredAt = 0;
  let failedAt = 0;
  let failingSince = 0;
  return {
    note(run) {
      // Journals are read from their beginning, so that they may tell older things than are known.
      answeredAt = Math.max(answeredAt, run.answeredAt);
      if (!run.failures || ofTheQuestion.has(run.failures.last.reason)) return;
      const { lastAt } = run.failures;
      if (lastAt <= failedAt) return;
      if (failedAt <= answeredAt) failingSince = lastAt;
      failedAt = lastAt;
    },
    read(now = Date.now()) {
      if (failedAt > answeredAt && now - failedAt < recentMs) return { state: 'failing', since: failingSince };
      return now - answeredAt < recentMs ? { state: 'answering', at: answeredAt } : { state: 'unknown' };
    },
  };
}
