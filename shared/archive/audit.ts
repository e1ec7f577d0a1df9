import type { ArchiveDatabase, Row } from './database.ts';
import { idParts, indexed } from './text.ts';
import {
  dataOf,
  parseRow,
  personsMeant,
  termsOf,
  type AuditFilter,
  type AuditRow,
  type StoredAuditRow,
} from '#shared/audit/log.ts';
import { parseMark, type AuditMark, storedMark } from '#shared/audit/marks.ts';
import { OperatorError } from '#shared/ground/errors.ts';

const page = 1_000;

/**
 * Stores rows for good; rows that are there already stay. `begin` is the mark of the rows that retention had taken
 * before the archive's first row, if it took any. Throws OperatorError (`archive-differs`) where a row of the same id
 * says something else.
 */
export async function addAuditRows(
  archive: ArchiveDatabase,
  rows: StoredAuditRow[],
  begin: AuditMark | undefined,
): Promise<void> {
  const values = rows.map(columnsOf);
  const columns = Array.from({ length: 9 }, (_, at) => values.map((row) => row[at]));
  await archive.transaction(async ({ query }) => {
    await query('LOCK TABLE archive.audit IN SHARE ROW EXCLUSIVE MODE');
    if (begin) {
      await query(
        "INSERT INTO archive.marks (name, value) SELECT 'cut', $1 WHERE NOT EXISTS (SELECT FROM archive.audit) ON CONFLICT DO NOTHING",
        [storedMark(begin)],
      );
    }
    await query(
      `INSERT INTO archive.audit (ms, seq, run, kind, tool, persons, who, data, hash)
       SELECT ms, seq, run, kind, tool, string_to_array(persons, E'\\n'), who, data, hash
         FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
           AS given (ms, seq, run, kind, tool, persons, who, data, hash)
       ON CONFLICT DO NOTHING`,
      columns,
    );
    const [stands] = await query(
      `SELECT count(*)::int AS rows FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS given (ms, seq, hash)
         JOIN archive.audit USING (ms, seq, hash)`,
      [columns[0], columns[1], columns[8]],
    );
    if (stands?.['rows'] !== rows.length)
      throw new OperatorError('archive-differs', 'The archive holds other rows of the audit log under the same ids.');
  });
}

function columnsOf(row: StoredAuditRow): unknown[] {
  const { tool, persons } = termsOf({ ...row, data: dataOf(row) });
  // Each row sends its names as one text, because unnest cannot give arrays; no name that is searched for has a line
  // break.
  const lines = persons.map((name) => indexed(name).replaceAll('\n', ' ')).join('\n');
  const { run, kind, who, data, hash } = row;
  return [
    ...idParts(row.id),
    run,
    kind,
    tool === undefined ? null : indexed(tool),
    lines,
    JSON.stringify(who),
    data,
    hash,
  ];
}

/**
 * Reads rows after that of id `after` (without it, from the first) and before that of `before`, the oldest first, at
 * most a thousand.
 */
export async function readArchivedAudit(
  archive: ArchiveDatabase,
  after: string | undefined,
  before?: string,
): Promise<StoredAuditRow[]> {
  const [ms, seq] = idParts(after ?? '-1-0');
  const [endMs, endSeq] = before === undefined ? [null, null] : idParts(before);
  const rows = await archive.query(
    `SELECT ms, seq, run, kind, who, data, hash FROM archive.audit
      WHERE (ms, seq) > ($1::bigint, $2::bigint) AND ($3::bigint IS NULL OR (ms, seq) < ($3::bigint, $4::bigint))
      ORDER BY ms, seq LIMIT $5`,
    [after === undefined ? -1 : ms, after === undefined ? 0 : seq, endMs, endSeq, page],
  );
  return rows.map(storedOf);
}

/** Archived rows that fit, the latest first. */
export async function listArchivedAudit(
  archive: ArchiveDatabase,
  { run, user, tool, kinds, since, before, limit }: AuditFilter,
): Promise<AuditRow[]> {
  const persons = user === undefined ? null : personsMeant(user).map((name) => indexed(name).replaceAll('\n', ' '));
  const [endMs, endSeq] = before === undefined ? [null, null] : idParts(before);
  const rows = await archive.query(
    `SELECT ms, seq, run, kind, who, data, hash FROM archive.audit
      WHERE ($1::text IS NULL OR run = $1) AND ($2::text[] IS NULL OR persons && $2) AND ($3::text IS NULL OR tool = $3)
        AND ($4::text[] IS NULL OR kind = ANY($4)) AND ($5::bigint IS NULL OR ms >= $5)
        AND ($7::bigint IS NULL OR (ms, seq) < ($7::bigint, $8::bigint))
      ORDER BY ms DESC, seq DESC LIMIT $6`,
    [
      run ?? null,
      persons,
      tool === undefined ? null : indexed(tool),
      kinds ?? null,
      since ?? null,
      limit,
      endMs,
      endSeq,
    ],
  );
  return rows.flatMap((row) => parseRow(storedOf(row)) ?? []);
}

/** Returns where the archive's audit log begins; undefined when it begins with the first row ever. */
export async function readArchiveCut(archive: ArchiveDatabase): Promise<AuditMark | undefined> {
  const [row] = await archive.query("SELECT value FROM archive.marks WHERE name = 'cut'");
  return row && parseMark(String(row['value']));
}

/**
 * Forgets rows older than `before` (milliseconds since the epoch), at most `most`, and notes with the signing key where
 * the log begins now, in one transaction. The newest row stays. Returns how many went.
 */
export function forgetArchivedAudit(
  archive: ArchiveDatabase,
  { before, most, mark }: { before: number; most: number; mark: (first: string, hashBefore: string) => string },
): Promise<number> {
  return archive.transaction(async ({ query }) => {
    await query('LOCK TABLE archive.audit IN SHARE ROW EXCLUSIVE MODE');
    const due = await query('SELECT ms, seq, hash FROM archive.audit WHERE ms < $1 ORDER BY ms, seq LIMIT $2', [
      before,
      most,
    ]);
    const last = due.at(-1);
    if (!last) return 0;
    const [first] = await query(
      'SELECT ms, seq FROM archive.audit WHERE (ms, seq) > ($1::bigint, $2::bigint) ORDER BY ms, seq LIMIT 1',
      [last['ms'], last['seq']],
    );
    if (!first) return 0;
    await query('DELETE FROM archive.audit WHERE (ms, seq) <= ($1::bigint, $2::bigint)', [last['ms'], last['seq']]);
    await query(
      "INSERT INTO archive.marks (name, value) VALUES ('cut', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      [mark(idOf(first), String(last['hash']))],
    );
    return due.length;
  });
}

function idOf({ ms, seq }: Row): string {
  return `${String(ms)}-${String(seq)}`;
}

function storedOf(row: Row): StoredAuditRow {
  const { run, kind, who, data, hash } = row as Record<string, string>;
  return {
    id: idOf(row),
    run: run ?? '',
    who: JSON.parse(who ?? '""') as string,
    kind: kind ?? '',
    data: data ?? '',
    hash: hash ?? '',
  };
}
