import type { Redis } from 'ioredis';
import { FencedError, InternalError } from '#shared/ground/errors.ts';
import {
  isKnownKind,
  journalEntrySchema,
  type JournalEntry,
  type JournalEntryInput,
  type StoredEntry,
} from './journal-entries.ts';
import { keys } from '#shared/redis/keys.ts';
import { metrics } from '#shared/process/metrics.ts';
import { defineScript, of } from '#shared/redis/script.ts';
import { rejoin } from './apart.ts';
import { runKeys, type Fence } from './fence.ts';
import { scriptEntries, type ScriptEntry } from './script-entries.ts';

export interface Appended {
  id: string;
  /** False when an entry of the same once-key was there already; the stored one counts. */
  fresh: boolean;
}

const appendScript = defineScript(new URL('./append.lua', import.meta.url), {
  keys: ['record', 'journal', 'once', 'results', 'approvals', 'log'],
  args: {
    id: of<string>(),
    epoch: of<number | undefined>(),
    token: of<string | undefined>(),
    entries: of<ScriptEntry[]>(),
  },
  reply: of<[state: 'ok' | 'gone' | 'fenced', ...ids: string[]]>(),
});

/**
 * Appends entries in order, all or none, in one round trip. `fence` is the writer's claim; doors append deliveries and
 * feedback without one. Throws FencedError when another worker has taken the run over, InternalError when the run is
 * not stored.
 */
export async function appendEntries(
  redis: Redis,
  runId: string,
  entries: JournalEntryInput[],
  fence?: Fence,
): Promise<Appended[]> {
  if (entries.length === 0) return [];
  const [state, ...ids] = await appendScript(
    redis,
    { ...runKeys(runId), approvals: keys.approvals, log: keys.audit },
    { id: runId, epoch: fence?.epoch, token: fence?.token, entries: scriptEntries(runId, entries) },
  );
  if (state === 'fenced') throw new FencedError(runId, fence?.epoch ?? -1);
  if (state === 'gone') throw new InternalError('run-gone', `run ${runId} is not stored any more`);
  metrics.journalAppends.inc({}, entries.length);
  return ids.map((id) => ({ id: id.slice(1), fresh: id.startsWith('+') }));
}

/** Entries that one read asks for. A long journal is read in pieces, so that Redis serves others between them. */
const page = 200;

/**
 * All entries of a run, or those after the one of id `after`, oldest first; empty when the run is unknown or was
 * cleaned away. Throws as `parseEntry` does.
 */
export async function readJournal(redis: Redis, runId: string, after?: string): Promise<StoredEntry[]> {
  return (await readRows(redis, runId, after)).entries;
}

/** Returns the same, and the id of the last row, which may be of a kind that this version does not know. */
export async function readRows(
  redis: Redis,
  runId: string,
  after?: string,
): Promise<{ entries: StoredEntry[]; last: string | undefined }> {
  const entries: StoredEntry[] = [];
  let last = after;
  for (;;) {
    const rows = await redis.xrange(keys.journal(runId), last === undefined ? '-' : `(${last}`, '+', 'COUNT', page);
    entries.push(...parseRows(rows));
    last = rows.at(-1)?.[0] ?? last;
    if (rows.length < page) break;
  }
  return { entries: await whole(redis, runId, entries), last };
}

/** The entries of these rows, in order, as far as this version knows their kinds. Throws as `parseEntry` does. */
export function parseRows(rows: [id: string, fields: string[]][]): StoredEntry[] {
  return rows.flatMap(([id, fields]) => {
    const entry = parseEntry(fields);
    return entry ? [{ id, entry }] : [];
  });
}

/** The same entries with their long results and pictures. */
export async function whole(redis: Redis, runId: string, entries: StoredEntry[]): Promise<StoredEntry[]> {
  await rejoin(entries, (fields) => redis.hmget(keys.results(runId), ...fields));
  return entries;
}

/** One entry of a run, as it stands in the journal; undefined when there is none of this id. */
export async function readEntry(redis: Redis, runId: string, id: string): Promise<JournalEntry | undefined> {
  const [row] = await redis.xrange(keys.journal(runId), id, id);
  return row && parseEntry(row[1]);
}

/**
 * Decodes the fields of a stream row. Undefined for a kind that only newer versions know: such entries stay stored and
 * are passed over. Throws InternalError (`journal-unreadable`) on anything else that no version of this code has
 * written: going on without it could repeat an effect.
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

/** Whether this can be the id of an entry: two numbers of 64 bits, as Redis takes them. */
export function isEntryId(text: string): boolean {
  return /^\d{1,20}-\d{1,20}$/.test(text) && text.split('-').every((part) => BigInt(part) < 2n ** 64n);
}

/** Redis' time of a stored entry in milliseconds since the epoch. */
export function entryTime(id: string): number {
  return Number(id.slice(0, id.indexOf('-')));
}
