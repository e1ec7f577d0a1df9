import type { ArchiveDatabase, Row } from './database.ts';
import { lockRuns } from './copy.ts';
import { indexed } from './text.ts';
import type { StoredEntry } from '#shared/run/journal-entries.ts';
import { namesMeant } from '#shared/run/request.ts';
import { rejoin } from '#shared/run/apart.ts';
import { parseEntry } from '#shared/run/journal.ts';
import type { RunFilter } from '#shared/run/list.ts';
import { decodeRecord, type RunRecord } from '#shared/run/record.ts';

/** The archived run of this id; undefined when there is none. Throws on a record that this version cannot read. */
export async function readArchivedRun(archive: ArchiveDatabase, runId: string): Promise<RunRecord | undefined> {
  const [row] = await archive.query('SELECT run, record FROM archive.runs WHERE run = $1', [runId]);
  return row && recordOf(row);
}

/** All entries of an archived run, the oldest first, with their long results: in the form that `readJournal` gives. */
export async function readArchivedJournal(archive: ArchiveDatabase, runId: string): Promise<StoredEntry[]> {
  const rows = await archive.query('SELECT ms, seq, entry FROM archive.entries WHERE run = $1 ORDER BY ms, seq', [
    runId,
  ]);
  const entries = rows.flatMap(({ ms, seq, entry }) => {
    const parsed = parseEntry(['e', String(entry)]);
    return parsed ? [{ id: `${String(ms)}-${String(seq)}`, entry: parsed }] : [];
  });
  await rejoin(entries, async (fields) => {
    const found = await archive.query('SELECT field, content FROM archive.results WHERE run = $1 AND field = ANY($2)', [
      runId,
      fields,
    ]);
    const contents = new Map(found.map(({ field, content }) => [field, JSON.parse(String(content)) as string]));
    return fields.map((field) => contents.get(field));
  });
  return entries;
}

/** Archived runs that fit, the latest first: by acceptance, or by failure of those that failed and have no replay. */
export async function listArchivedRuns(
  archive: ArchiveDatabase,
  list: 'recent' | 'failed',
  { user, reasons, since, before, limit }: RunFilter,
): Promise<RunRecord[]> {
  const time = list === 'failed' ? 'ended_at' : 'accepted_at';
  const names = user === undefined ? null : namesMeant(user).map(indexed);
  const rows = await archive.query(
    `SELECT run, record FROM archive.runs
      WHERE ${list === 'failed' ? 'failed' : 'true'}
        AND ($1::text[] IS NULL OR caller_id = ANY($1) OR caller_name = ANY($1))
        AND ($2::text[] IS NULL OR reason = ANY($2))
        AND ($3::bigint IS NULL OR ${time} >= $3)
        AND ($5::bigint IS NULL OR ${time} < $5 OR (${time} = $5 AND run COLLATE "C" < $6))
      ORDER BY ${time} DESC, run COLLATE "C" DESC LIMIT $4`,
    [
      names,
      list === 'failed' ? (reasons?.map(indexed) ?? null) : null,
      since ?? null,
      limit,
      before?.at ?? null,
      before?.id ?? null,
    ],
  );
  return rows.flatMap((row) => recordOf(row) ?? []);
}

/** Roughly how many runs and rows there are, from PostgreSQL's statistics. */
export async function countArchived(archive: ArchiveDatabase): Promise<{ runs: number; rows: number }> {
  const [counts] = await archive.query(
    `SELECT greatest((SELECT reltuples FROM pg_class WHERE oid = 'archive.runs'::regclass), 0)::bigint::text AS runs,
            greatest((SELECT reltuples FROM pg_class WHERE oid = 'archive.audit'::regclass), 0)::bigint::text AS rows`,
  );
  return { runs: Number(counts?.['runs'] ?? 0), rows: Number(counts?.['rows'] ?? 0) };
}

/** Forgets a run for good: a copy of it that is under way stays out as well. */
export function discardArchivedRun(archive: ArchiveDatabase, runId: string): Promise<void> {
  return archive.transaction(async (statements) => {
    await lockRuns(statements, [runId]);
    await statements.query('INSERT INTO archive.discarded (run) VALUES ($1) ON CONFLICT DO NOTHING', [runId]);
    await statements.query('DELETE FROM archive.runs WHERE run = $1', [runId]);
  });
}

/** Forgets runs that ended before `before`, at most `most` of them. Returns how many. */
export async function forgetArchivedRuns(archive: ArchiveDatabase, before: number, most: number): Promise<number> {
  const gone = await archive.query(
    `DELETE FROM archive.runs WHERE run IN (SELECT run FROM archive.runs WHERE ended_at < $1 ORDER BY ended_at LIMIT $2)
     RETURNING run`,
    [before, most],
  );
  // By then no copy of a forgotten run can still be under way.
  await archive.query("DELETE FROM archive.discarded WHERE discarded_at < now() - interval '30 days'");
  return gone.length;
}

function recordOf({ run, record }: Row): RunRecord | undefined {
  const decoded = decodeRecord(String(run), JSON.parse(String(record)) as Record<string, string>);
  return decoded && { ...decoded, archived: true };
}
