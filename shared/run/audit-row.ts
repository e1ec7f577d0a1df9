import { writtenArgumentsHash } from './arguments-hash.ts';
import type { JournalEntryInput } from './journal-entries.ts';

/**
 * What the audit log records. `intent` and `outcome`: one of each for every call that was made. `unmade`: a call that
 * was not made (refused, or answered from a record). `asked` and `decided`: a question to a human and the answer.
 * `stop`, `replay` and `discard`: what people did with a run. `key`: what happened to an API key. `setting`: a setting of
 * a server, channel or person that somebody changed. `schedule`: what happened to a scheduled question. `forget`: a
 * person was forgotten at their wish.
 */
export const auditKinds = [
  'intent',
  'outcome',
  'unmade',
  'asked',
  'decided',
  'stop',
  'replay',
  'discard',
  'key',
  'schedule',
  'setting',
  'forget',
] as const;
export type AuditKind = (typeof auditKinds)[number];

/** Characters of the arguments that are kept of a call that may change something; for reads only their hash is kept. */
const maxArgumentChars = 1_000;

/** The row that the audit log gets in the same step as an entry of the journal; undefined for entries without one. */
export function auditRow(entry: JournalEntryInput): string | undefined {
  switch (entry.type) {
    case 'tool.intended': {
      const { step, call, tool, domain, readOnly } = entry;
      const common = { step, call, tool, domain, argumentsHash: writtenArgumentsHash(entry.arguments) };
      const effect = { ...common, arguments: entry.arguments.slice(0, maxArgumentChars) };
      return rowOf('intent', readOnly === true ? { ...common, readOnly } : effect);
    }
    case 'tool.finished': {
      const { step, call, tool, outcome, durationMs } = entry;
      return rowOf('outcome', { step, call, tool, outcome, durationMs });
    }
    case 'approval.requested': {
      const { approval, step, call, tool, argumentsHash, kind } = entry;
      return rowOf('asked', { approval, step, call, tool, argumentsHash, question: kind });
    }
    case 'approval.decided': {
      const { approval, decision, by, reason } = entry;
      return rowOf('decided', { approval, decision, by, reason });
    }
    case 'stop.requested':
      return rowOf('stop', { by: entry.by });
    case 'replay.began':
      return rowOf('replay', { of: entry.of, from: entry.from, by: entry.by });
    default:
      return undefined;
  }
}

/** A row as the scripts take it: its kind, a space, its data. */
export function rowOf(kind: AuditKind, data: object): string {
  return `${kind} ${JSON.stringify(data)}`;
}
