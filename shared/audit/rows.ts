import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { writtenArgumentsHash } from '../arguments-hash.ts';
import type { JournalEntryInput } from '../journal-entries.ts';
import { keys } from '../keys.ts';
import { defineScript } from '../redis-script.ts';

/**
 * What the audit log tells of. `intent` and `outcome`: of each call that was made, one of each; `unmade`: a call that
 * was not (refused, or answered from a record); `asked` and `decided`: a human's yes or no; `stop`, `replay` and
 * `discard`: what people did with a run.
 */
export const auditKinds = ['intent', 'outcome', 'unmade', 'asked', 'decided', 'stop', 'replay', 'discard'] as const;
export type AuditKind = (typeof auditKinds)[number];

/** Of the arguments of a call that may change something; those of reads are kept as a hash alone. */
const maxArgumentChars = 1_000;

/**
 * Lua: `audit(log, run, who, row)` appends `row` (`<kind> <JSON>`) to the stream `log`, chained: `hash` is the SHA-1 (the
 * one that Redis can compute) of the row and of the hash before it, so that no row can be changed, taken out or put in
 * between without all later ones becoming wrong. Ids are Redis' time, so that the hash covers when it was.
 */
export const auditLua = `
  local tip, hash
  local function framed(text) return #text .. ':' .. text end
  local function audit(log, run, who, row)
    local kind, data = string.match(row, '^(%S+) (.*)$')
    if not tip then
      local last = redis.call('XREVRANGE', log, '+', '-', 'COUNT', 1)[1]
      tip, hash = last and last[1] or '0-0', last and last[2][10] or ''
    end
    local time = redis.call('TIME')
    local ms, seq = time[1] * 1000 + math.floor(time[2] / 1000), 0
    local lastMs, lastSeq = string.match(tip, '(%d+)-(%d+)')
    if ms <= tonumber(lastMs) then ms, seq = tonumber(lastMs), tonumber(lastSeq) + 1 end
    tip = string.format('%.0f-%.0f', ms, seq)
    hash = redis.sha1hex(hash .. framed(tip) .. framed(run) .. framed(who) .. framed(kind) .. framed(data))
    redis.call('XADD', log, tip, 'run', run, 'who', who, 'kind', kind, 'data', data, 'hash', hash)
  end
  local function audited(log, record, once, run, key, row)
    local place = string.match(key, '^result:(.+)$')
    if place and redis.call('HEXISTS', once, 'intent:' .. place) == 0 then
      row = string.gsub(row, '^outcome ', 'unmade ', 1)
    end
    audit(log, run, redis.call('HGET', record, 'who') or '', row)
  end
`;

/** The hash of a row as `auditLua` computes it. `before`: that of the row before, '' for the first one ever. */
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

/** The row that goes into the audit log with an entry of the journal, in the same step; '' for entries that need none. */
export function auditRow(entry: JournalEntryInput): string {
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
      return '';
  }
}

function rowOf(kind: AuditKind, data: object): string {
  return `${kind} ${JSON.stringify(data)}`;
}

const discardScript = defineScript(
  2,
  `
  ${auditLua}
  audit(KEYS[1], ARGV[1], redis.call('HGET', KEYS[2], 'who') or '', ARGV[2])
  return 1
`,
);

/** Records that an operator forgets a run, before it is forgotten. */
export async function auditDiscard(redis: Redis, runId: string, by: string): Promise<void> {
  await discardScript(redis, [keys.audit, keys.run(runId)], [runId, rowOf('discard', { by })]);
}
