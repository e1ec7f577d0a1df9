import { auditRow } from './audit-row.ts';
import { onceKey, type JournalEntryInput } from './journal-entries.ts';
import { longText, type Text } from '#shared/redis/script.ts';
import { takeApart } from './apart.ts';

/** An entry as `shared/redis/lua/entries.lua` takes it. */
export interface ScriptEntry {
  text: Text;
  once?: string;
  audit?: string;
  apart?: { field: string; text: Text }[];
  copied?: true;
  /** For an entry that asks a human: its name in the list of open questions, with `until`, when it expires. */
  question?: string;
  expiresAt?: number;
}

/** Entries of run `runId` for a script, in order. */
export function scriptEntries(runId: string, entries: JournalEntryInput[]): ScriptEntry[] {
  return entries.map((entry) => {
    const asks =
      entry.type === 'approval.requested'
        ? entry.approval
        : entry.type === 'question.asked'
          ? entry.question
          : undefined;
    return {
      ...stored(entry),
      ...(asks !== undefined && {
        question: questionName(runId, asks),
        expiresAt: (entry as { expiresAt: number }).expiresAt,
      }),
    };
  });
}

/** Entries that a replay begins with. Their calls were audited when they were made. */
export function seedEntries(entries: JournalEntryInput[]): ScriptEntry[] {
  return entries.map((entry) => ({ ...stored(entry), ...(entry.type !== 'replay.began' && { copied: true }) }));
}

function stored(entry: JournalEntryInput): ScriptEntry {
  const apart = takeApart(entry);
  const once = onceKey(entry);
  const audit = auditRow(entry);
  return {
    text: longText(JSON.stringify(apart?.entry ?? entry)),
    ...(once !== undefined && { once }),
    ...(audit !== undefined && { audit }),
    ...(apart && { apart: apart.parts.map(({ field, text }) => ({ field, text: longText(text) })) }),
  };
}

/** The name of a question in the list of open ones. */
export function questionName(runId: string, approval: string): string {
  return `${runId} ${approval}`;
}
