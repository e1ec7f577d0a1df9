import type { JournalEntry, StoredEntry } from '#shared/run/journal-entries.ts';

/** Counts the parts of a run that are responses of their own: each ends with questions, and begins with a decision. */
export interface Segments {
  take(entry: JournalEntry): void;
  /** The part that the last entry belongs to. */
  readonly number: number;
  /** Whether humans have been asked in this part. */
  readonly asked: boolean;
}

export function createSegments(): Segments {
  let number = 0;
  let asked = false;
  return {
    take({ type }) {
      if (type === 'approval.decided' && asked) {
        number += 1;
        asked = false;
      }
      if (type === 'approval.requested') asked = true;
    },
    get number() {
      return number;
    },
    get asked() {
      return asked;
    },
  };
}

/** The part of a run that begins, or has begun, with decisions about these questions. */
export function segmentAfter(approvals: ReadonlySet<string>, journal: StoredEntry[]): number {
  const segments = createSegments();
  for (const { entry } of journal) {
    segments.take(entry);
    if (entry.type === 'approval.decided' && approvals.has(entry.approval)) return segments.number;
  }
  return segments.number + (segments.asked ? 1 : 0);
}

/** The part that a run is at. */
export function segmentNow(journal: StoredEntry[]): number {
  const segments = createSegments();
  for (const { entry } of journal) segments.take(entry);
  return segments.number;
}
