import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { writtenArgumentsHash } from '#shared/run/arguments-hash.ts';
import type { JournalEntryInput } from '#shared/run/journal-entries.ts';
import { keys } from '#shared/redis/keys.ts';
import { defineScript, of } from '#shared/redis/script.ts';

/**
 * What the audit log tells of. `intent` and `outcome`: of each call that was made, one of each; `unmade`: a call that
 * was not (refused, or answered from a record); `asked` and `decided`: a human's yes or no; `stop`, `replay` and
 * `discard`: what people did with a run.
 */
export const auditKinds = ['intent', 'outcome', 'unmade', 'asked', 'decided', 'stop', 'replay', 'discard'] as const;
export type AuditKind = (typeof auditKinds)[number];

/** Of the arguments of a call that may change something; those of reads are kept as a hash alone. */
const maxArgumentChars = 1_000;

/** The hash of a row as `shared/redis/lua/audit.lua` computes it. `before`: that of the row before, '' for the first one ever. */
export function chainHash(
  before: string,
  fields: { id: string; run: string; who: string; kind: string; data: string },
): string {
  const { id, run, who, kind, data } = fields;
  const framed = [id, run, who, kind, data].map((text) => `${Buffer.byteLength(text)}:${text}`);
  return createHash('sha1')
    .update(before + framed.join(''))
    .digest('hex');
}

/** The row that goes into the audit log with an entry of the journal, in the same step; undefined for entries that need none. */
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

function rowOf(kind: AuditKind, data: object): string {
  return `${kind} ${JSON.stringify(data)}`;
}

const discardScript = defineScript(new URL('./discard.lua', import.meta.url), {
  keys: ['log'],
  args: { id: of<string>(), who: of<string>(), row: of<string>() },
  reply: of<1>(),
});

/** Records that an operator forgets a run of `who` (as `whoOf` says it), before it is forgotten. */
export async function auditDiscard(redis: Redis, run: { id: string; who: string }, by: string): Promise<void> {
  await discardScript(redis, { log: keys.audit }, { ...run, row: rowOf('discard', { by }) });
}
