import type { Redis } from 'ioredis';
import type { ArchiveDatabase, Statements } from './database.ts';
import { idParts, indexed, plain } from './text.ts';
import { keys } from '#shared/redis/keys.ts';
import { callerNames } from '#shared/run/request.ts';
import type { Seen } from '#shared/run/forget.ts';
import { decodeRecord } from '#shared/run/record.ts';

/** Entries, and long results, that are held at once: a run may have many megabytes of both. */
const entryPage = 200;
const resultPage = 20;

type Entries = [id: string, fields: string[]][];

/** A run as it stands in Redis, with the first entries of its journal. */
interface Standing {
  id: string;
  record: Record<string, string>;
  entries: Entries;
  results: string[];
}

/**
 * Copies runs that have ended into the archive, in one transaction: they are there for good when this resolves. A run
 * that is there already is brought up to date; a run that somebody has discarded stays out. Returns how each stood when
 * it was read.
 */
export async function copyRuns(redis: Redis, archive: ArchiveDatabase, ids: string[]): Promise<Seen[]> {
  const runs = await readStanding(redis, ids);
  return archive.transaction(async (statements) => {
    await lockRuns(
      statements,
      runs.map(({ id }) => id),
    );
    const kept = await insertRuns(statements, runs);
    const wanted = runs.filter(({ id }) => kept.has(id));
    await insertEntries(
      statements,
      wanted.flatMap(({ id, entries }) => entries.map(([at, fields]) => ({ run: id, at, fields }))),
    );
    const seen: Seen[] = [];
    for (const run of runs) {
      const last = await copyRest(redis, statements, run, kept.has(run.id));
      if (kept.has(run.id)) await copyResults(redis, statements, run);
      seen.push({ id: run.id, last, fields: Object.keys(run.record).length });
    }
    return seen;
  });
}

/** Keeps everybody else from putting in or taking out these runs until the transaction ends. */
export async function lockRuns({ query }: Statements, ids: string[]): Promise<void> {
  // All lock in one order, so that two that lock the same runs do not wait for each other for ever.
  await query(
    `SELECT pg_advisory_xact_lock(hashtextextended(run, 0))
       FROM (SELECT run FROM unnest($1::text[]) AS given (run) ORDER BY run OFFSET 0) AS ordered`,
    [ids],
  );
}

async function readStanding(redis: Redis, ids: string[]): Promise<Standing[]> {
  const pipeline = redis.pipeline();
  for (const id of ids) {
    pipeline.hgetall(keys.run(id)).xrange(keys.journal(id), '-', '+', 'COUNT', entryPage).hkeys(keys.results(id));
  }
  const replies = ((await pipeline.exec()) ?? []).map(([error, value]) => {
    if (error) throw error;
    return value;
  });
  return ids.flatMap((id, index) => {
    const [record, entries, results] = replies.slice(index * 3) as [Record<string, string>, Entries, string[]];
    return Object.keys(record).length === 0 ? [] : [{ id, record, entries, results }];
  });
}

const runColumns = [
  'run',
  'accepted_at',
  'ended_at',
  'outcome',
  'reason',
  'failed',
  'caller_id',
  'caller_name',
  'conversation',
  'question',
  'answer',
  'record',
];

/** Returns the ids of those that are in the archive now. */
async function insertRuns({ query }: Statements, runs: Standing[]): Promise<Set<string>> {
  const rows = runs.map(columnsOf);
  const columns = runColumns.map((_, at) => rows.map((row) => row[at]));
  const updates = runColumns.slice(1).map((name) => `${name} = excluded.${name}`);
  const kept = await query(
    `INSERT INTO archive.runs (${runColumns.join(', ')})
     SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::boolean[], $7::text[],
                          $8::text[], $9::text[], $10::text[], $11::text[], $12::text[]) AS given (run)
      WHERE NOT EXISTS (SELECT FROM archive.discarded WHERE discarded.run = given.run)
     ON CONFLICT (run) DO UPDATE SET ${updates.join(', ')}
     RETURNING run`,
    columns,
  );
  return new Set(kept.map(({ run }) => String(run)));
}

/** A record that this version cannot read is kept as it is, and found by its id and times. */
function columnsOf({ id, record, entries }: Standing): unknown[] {
  const times = [Number(record['acceptedAt'] ?? 0), Number(record['endedAt'] ?? 0)];
  const outcome = record['outcome'] ?? '';
  const read = readable(id, record);
  const [byId, byName] = read ? callerNames(read.request.caller) : ['', ''];
  const failed = outcome === 'failed' && record['replayedBy'] === undefined && read?.request.dryRun !== true;
  return [
    id,
    ...times,
    outcome,
    indexed(record['reason'] ?? ''),
    failed,
    indexed(byId),
    indexed(byName),
    indexed(read?.request.conversation ?? ''),
    plain(read?.request.text ?? ''),
    plain(answerOf(entries)),
    JSON.stringify(record),
  ];
}

function readable(id: string, record: Record<string, string>) {
  try {
    return decodeRecord(id, record);
  } catch {
    return undefined;
  }
}

function answerOf(entries: Entries): string {
  const ended = entries.findLast(([, fields]) => fields[1]?.includes('"run.ended"'));
  try {
    const entry = JSON.parse(ended?.[1][1] ?? 'null') as { type?: unknown; text?: unknown } | null;
    return entry?.type === 'run.ended' && typeof entry.text === 'string' ? entry.text : '';
  } catch {
    return '';
  }
}

interface EntryRow {
  run: string;
  /** The entry's id. */
  at: string;
  fields: string[];
}

async function insertEntries({ query }: Statements, rows: EntryRow[]): Promise<void> {
  if (rows.length === 0) return;
  const ids = rows.map(({ at }) => idParts(at));
  await query(
    `INSERT INTO archive.entries (run, ms, seq, entry) SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[])
     ON CONFLICT DO NOTHING`,
    [
      rows.map(({ run }) => run),
      ids.map(([ms]) => ms),
      ids.map(([, seq]) => seq),
      rows.map(({ fields }) => fields[1] ?? ''),
    ],
  );
}

/** Reads the journal beyond its first page, and copies it when `keep` is true. Returns the id of its last entry. */
async function copyRest(
  redis: Redis,
  statements: Statements,
  { id, entries }: Standing,
  keep: boolean,
): Promise<string> {
  let last = entries.at(-1)?.[0] ?? '';
  for (let some = entries; some.length === entryPage;) {
    some = await redis.xrange(keys.journal(id), `(${last}`, '+', 'COUNT', entryPage);
    if (keep)
      await insertEntries(
        statements,
        some.map(([at, fields]) => ({ run: id, at, fields })),
      );
    last = some.at(-1)?.[0] ?? last;
  }
  return last;
}

async function copyResults(redis: Redis, { query }: Statements, { id, results }: Standing): Promise<void> {
  for (let from = 0; from < results.length; from += resultPage) {
    const fields = results.slice(from, from + resultPage);
    const contents = await redis.hmget(keys.results(id), ...fields);
    await query(
      'INSERT INTO archive.results (run, field, content) SELECT $1, * FROM unnest($2::text[], $3::text[]) ON CONFLICT DO NOTHING',
      [id, fields, contents.map((content) => JSON.stringify(content ?? ''))],
    );
  }
}
