import type { RunEvent } from '#shared/follower.ts';
import { entryTime } from '#shared/runs/journal.ts';

/** How the model fares, by the journals of the runs that this ingress shows: it has no way to the model itself. */
export interface ModelState {
  note(event: RunEvent): void;
  /** `unknown`: not asked in the last minutes. `since` and `at`: milliseconds since the epoch. */
  read(now?: number): { state: 'unknown' } | { state: 'answering'; at: number } | { state: 'failing'; since: number };
}

const recentMs = 600_000;
/** Failures that come of the question, not of the model's state. */
const ofTheQuestion = new Set(['context-too-long', 'refused-content', 'bad-request', 'tools-unsupported']);

export function createModelState(): ModelState {
  let answeredAt = 0;
  let failedAt = 0;
  let failingSince = 0;
  return {
    note(event) {
      if (event.kind !== 'entry') return;
      const at = entryTime(event.id);
      // Journals are read from their beginning: what they tell may be older than what is known.
      if (event.entry.type === 'model.answered') answeredAt = Math.max(answeredAt, at);
      if (event.entry.type !== 'model.failed' || ofTheQuestion.has(event.entry.reason) || at <= failedAt) return;
      if (failedAt <= answeredAt) failingSince = at;
      failedAt = at;
    },
    read(now = Date.now()) {
      if (failedAt > answeredAt && now - failedAt < recentMs) return { state: 'failing', since: failingSince };
      return now - answeredAt < recentMs ? { state: 'answering', at: answeredAt } : { state: 'unknown' };
    },
  };
}
