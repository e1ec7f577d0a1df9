import type { Redis } from 'ioredis';
import { FencedError, InternalError } from './errors.ts';
import {
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
 * Appends one entry. Refused when the writer's epoch is not the run's (another worker took over);
 * returns the first entry's id when the once-key was used before.
 */
const appendScript = defineScript(
  3,
  `
  local record, journal, once = KEYS[1], KEYS[2], KEYS[3]
  local epoch, key, entry = ARGV[1], ARGV[2], ARGV[3]
  if redis.call('EXISTS', record) == 0 then return {'gone'} end
  if epoch ~= '' and redis.call('HGET', record, 'epoch') ~= epoch then return {'fenced'} end
  if key ~= '' then
    local seen = redis.call('HGET', once, key)
    if seen then return {'known', seen} end
  end
  local id = redis.call('XADD', journal, '*', 'e', entry)
  if key ~= '' then redis.call('HSET', once, key, id) end
  return {'ok', id}
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
}

/** The journal as written by the worker that holds `epoch`. */
export function openJournal(redis: Redis, runId: string, epoch: number): Journal {
  return { runId, epoch, append: (entry) => appendEntry(redis, runId, entry, epoch) };
}

/** Appends without or with an epoch; doors append deliveries, feedback and decisions without one. */
export async function appendEntry(
  redis: Redis,
  runId: string,
  entry: JournalEntryInput,
  epoch?: number,
): Promise<Appended> {
  const [state, id] = await appendScript<[string, string]>(
    redis,
    [keys.run(runId), keys.journal(runId), keys.once(runId)],
    [epoch ?? '', onceKey(entry) ?? '', JSON.stringify(entry)],
  );
  if (state === 'fenced') throw new FencedError(runId, epoch ?? -1);
  if (state === 'gone') throw new InternalError('run-gone', `run ${runId} is not stored any more`);
  metrics.journalAppends.inc();
  return { id, fresh: state === 'ok' };
}

/** All entries of a run, oldest first; empty when the run is unknown or was cleaned away. */
export async function readJournal(redis: Redis, runId: string, after = '-'): Promise<StoredEntry[]> {
  const rows = await redis.xrange(keys.journal(runId), after === '-' ? '-' : `(${after}`, '+');
  return rows.map(([id, fields]) => ({ id, entry: parseEntry(fields) }));
}

/** Decodes the fields of a stream row. Throws on an entry that no version of this code has written. */
export function parseEntry(fields: string[]): JournalEntry {
  return journalEntrySchema.parse(JSON.parse(fields[1] ?? 'null'));
}

/** Redis' time of a stored entry in milliseconds since the epoch. */
export function entryTime(id: string): number {
  return Number(id.slice(0, id.indexOf('-')));
}
