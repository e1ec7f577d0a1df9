import type { Redis } from 'ioredis';
import { auditLua, auditRow } from './audit/rows.ts';
import { FencedError, InternalError } from './errors.ts';
import {
  isKnownKind,
  journalEntrySchema,
  onceKey,
  type JournalEntry,
  type JournalEntryInput,
  type StoredEntry,
} from './journal-entries.ts';
import { keys } from './keys.ts';
import { metrics } from './metrics.ts';
import { defineScript } from './redis-script.ts';

/**
 * Appends entries in order, all or none. Refused when the writer's epoch is not the run's (another worker took over);
 * for an entry whose once-key was used before, the stored one counts. What must be audited goes into the audit log in
 * the same step, so that a crash leaves neither without the other.
 */
const appendScript = defineScript(
  4,
  `
  ${auditLua}
  local record, journal, once, log = unpack(KEYS)
  local epoch, run = ARGV[1], ARGV[2]
  if redis.call('EXISTS', record) == 0 then return {'gone'} end
  if epoch ~= '' and redis.call('HGET', record, 'epoch') ~= epoch then return {'fenced'} end
  local out = {'ok'}
  for i = 3, #ARGV, 3 do
    local key, entry, row = ARGV[i], ARGV[i + 1], ARGV[i + 2]
    local seen = key ~= '' and redis.call('HGET', once, key)
    if seen then
      out[#out + 1] = '-' .. seen
    else
      local id = redis.call('XADD', journal, '*', 'e', entry)
      if key ~= '' then redis.call('HSET', once, key, id) end
      if row ~= '' then audited(log, record, once, run, key, row) end
      out[#out + 1] = '+' .. id
    end
  end
  return out
`,
);

export interface Appended {
  id: string;
  /** False when an entry of the same once-key stood there already: the stored one counts. */
  fresh: boolean;
}

/** Append-only record of one run as its current worker sees it. */
export interface Journal {
  runId: string;
  epoch: number;
  /** Throws FencedError when another worker has taken the run over. */
  append(entry: JournalEntryInput): Promise<Appended>;
  /** Appends in order, all or none, in one round trip. Throws FencedError as `append`. */
  appendAll(entries: JournalEntryInput[]): Promise<Appended[]>;
}

/** The journal as written by the worker that holds `epoch`. */
export function openJournal(redis: Redis, runId: string, epoch: number): Journal {
  return {
    runId,
    epoch,
    append: (entry) => appendEntry(redis, runId, entry, epoch),
    appendAll: (entries) => appendEntries(redis, runId, entries, epoch),
  };
}

/** Appends without or with an epoch; doors append deliveries, feedback and decisions without one. */
export async function appendEntry(
  redis: Redis,
  runId: string,
  entry: JournalEntryInput,
  epoch?: number,
): Promise<Appended> {
  const [appended] = await appendEntries(redis, runId, [entry], epoch);
  if (!appended) throw new InternalError('journal-broken', `the journal of ${runId} did not confirm an entry`);
  return appended;
}

async function appendEntries(
  redis: Redis,
  runId: string,
  entries: JournalEntryInput[],
  epoch?: number,
): Promise<Appended[]> {
  if (entries.length === 0) return [];
  const [state, ...ids] = await appendScript<string[]>(
    redis,
    [keys.run(runId), keys.journal(runId), keys.once(runId), keys.audit],
    [epoch ?? '', runId, ...entryArguments(entries)],
  );
  if (state === 'fenced') throw new FencedError(runId, epoch ?? -1);
  if (state === 'gone') throw new InternalError('run-gone', `run ${runId} is not stored any more`);
  metrics.journalAppends.inc({}, entries.length);
  return ids.map((id) => ({ id: id.slice(1), fresh: id.startsWith('+') }));
}

/** Entries as scripts take them: once-key, JSON and row of the audit log in turn. */
export function entryArguments(entries: JournalEntryInput[]): string[] {
  return entries.flatMap((entry) => [onceKey(entry) ?? '', JSON.stringify(entry), auditRow(entry)]);
}

/** The same for entries that a replay begins with: the calls among them were audited when they were made. */
export function seedArguments(entries: JournalEntryInput[]): string[] {
  return entries.flatMap((entry) => [
    onceKey(entry) ?? '',
    JSON.stringify(entry),
    entry.type === 'replay.began' ? auditRow(entry) : '',
  ]);
}

/** All entries of a run, oldest first; empty when the run is unknown or was cleaned away. Throws as `parseEntry`. */
export async function readJournal(redis: Redis, runId: string, after = '-'): Promise<StoredEntry[]> {
  const rows = await redis.xrange(keys.journal(runId), after === '-' ? '-' : `(${after}`, '+');
  return parseRows(rows);
}

/** Decodes rows of a journal's stream, without kinds of entries that only newer versions know. Throws as `parseEntry`. */
export function parseRows(rows: [string, string[]][]): StoredEntry[] {
  return rows.flatMap(([id, fields]) => {
    const entry = parseEntry(fields);
    return entry ? [{ id, entry }] : [];
  });
}

/**
 * Decodes the fields of a stream row. Undefined for a kind that only newer versions know: such entries stay stored, and
 * whoever does not know them passes them over. Throws InternalError (`journal-unreadable`) on anything else that no
 * version of this code has written: to go on without it could do something twice.
 */
export function parseEntry(fields: string[]): JournalEntry | undefined {
  try {
    const value: unknown = JSON.parse(fields[1] ?? 'null');
    const type: unknown = (value as { type?: unknown } | null)?.type;
    if (typeof type === 'string' && !isKnownKind(type)) return undefined;
    return journalEntrySchema.parse(value);
  } catch (cause) {
    throw new InternalError('journal-unreadable', 'the journal has an entry that this version cannot read', { cause });
  }
}

/** Redis' time of a stored entry in milliseconds since the epoch. */
export function entryTime(id: string): number {
  return Number(id.slice(0, id.indexOf('-')));
}
