import type { Redis } from 'ioredis';
import { fitsAudit, parseRow, storedRow, timeOfRow, type AuditFilter, type AuditRow } from './log.ts';
import { termGroups, findInSegments, readRowsAt, readSegments, type Segment } from './segments.ts';
import { keys } from '#shared/redis/keys.ts';
import type { Found } from '#shared/run/list.ts';

/** Rows that one command reads. */
const page = 500;
/** Segments that one round trip asks. */
const segmentPage = 200;
/** Rows beyond the index that a filter reads; more than a few thousand only while an older log is being indexed. */
const scanned = 20_000;

/** Rows that fit, the latest first. */
export async function listAudit(redis: Redis, filter: AuditFilter): Promise<Found<AuditRow>> {
  const groups = termGroups(filter);
  // Segments are read before the log: the rows of a segment that is made afterwards are read from the log, so none is
  // missed.
  const segments = groups.length === 0 ? [] : await readSegments(redis);
  const { rows, looked } = await readLog(redis, filter, groups.length === 0 ? undefined : { after: segments[0]?.last });
  const notes =
    groups.length > 0 && looked === scanned
      ? [`The audit log is still being indexed: of the rows that are not, only the latest ${looked} were looked at.`]
      : [];
  const due = segments.filter(({ last }) => filter.since === undefined || timeOfRow({ id: last }) >= filter.since);
  for (let from = 0; from < due.length && rows.length < filter.limit; from += segmentPage) {
    rows.push(
      ...(await readIndexed(redis, filter, groups, due.slice(from, from + segmentPage), filter.limit - rows.length)),
    );
  }
  return { rows, notes };
}

/** Rows that fit, from the log itself, and how many were read. `tail`: only rows after that one, at most `scanned`. */
async function readLog(
  redis: Redis,
  filter: AuditFilter,
  tail: { after: string | undefined } | undefined,
): Promise<{ rows: AuditRow[]; looked: number }> {
  const rows: AuditRow[] = [];
  let looked = 0;
  const oldest = tail?.after === undefined ? String(filter.since ?? '-') : `(${tail.after}`;
  for (let end = filter.before === undefined ? '+' : `(${filter.before}`; ;) {
    const stored = await redis.xrevrange(keys.audit, end, oldest, 'COUNT', page);
    for (const row of stored.map(([id, fields]) => parseRow(storedRow(id, fields)))) {
      if (row && fitsAudit(row, filter)) rows.push(row);
      if (rows.length === filter.limit) return { rows, looked };
    }
    looked += stored.length;
    if (stored.length < page || (tail && looked === scanned)) return { rows, looked };
    end = `(${stored.at(-1)?.[0] ?? ''}`;
  }
}

/** Finds at most `most` rows that fit, through the index of some segments. */
async function readIndexed(
  redis: Redis,
  filter: AuditFilter,
  groups: string[][],
  segments: Segment[],
  most: number,
): Promise<AuditRow[]> {
  const rows: AuditRow[] = [];
  const ids = await findInSegments(redis, segments, groups);
  const size = Math.min(page, most);
  for (let from = 0; from < ids.length && rows.length < most; from += size) {
    const some = await readRowsAt(redis, ids.slice(from, from + size));
    rows.push(...some.filter((row) => fitsAudit(row, filter)));
  }
  return rows.slice(0, most);
}
