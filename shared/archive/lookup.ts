import type { Redis } from 'ioredis';
import { listArchivedAudit, readArchiveCut, readArchivedAudit } from './audit.ts';
import type { ArchiveDatabase } from './database.ts';
import { discardArchivedRun, listArchivedRuns, readArchivedJournal, readArchivedRun } from './runs.ts';
import { idParts } from './text.ts';
import { checkAudit, type AuditVerdict, type OlderRows } from '#shared/audit/check.ts';
import { listAudit } from '#shared/audit/list.ts';
import type { AuditFilter, AuditRow } from '#shared/audit/log.ts';
import { auditDiscard } from '#shared/audit/discard.ts';
import { OperatorError } from '#shared/ground/errors.ts';
import type { StoredEntry } from '#shared/run/journal-entries.ts';
import { whoOf } from '#shared/run/request.ts';
import { forgetRuns } from '#shared/run/forget.ts';
import { readJournal } from '#shared/run/journal.ts';
import { inListOrder, listFailed, listRecent, type Found, type RunFilter } from '#shared/run/list.ts';
import { readRun, type RunRecord } from '#shared/run/record.ts';

/** Finds runs and audit rows wherever they are, in Redis or in the archive: for operators. */
export interface Lookup {
  /** Rejects with `archive-away` when the run is not in Redis and the archive cannot be asked. */
  run(runId: string): Promise<RunRecord | undefined>;
  journal(run: RunRecord): Promise<StoredEntry[]>;
  /** Runs of any state, or those that failed and were neither replayed nor discarded: the latest first. */
  recent(filter: RunFilter): Promise<Found<RunRecord>>;
  failed(filter: RunFilter): Promise<Found<RunRecord>>;
  audit(filter: AuditFilter): Promise<Found<AuditRow>>;
  /** Checks all rows as one log. Rejects with `archive-away` when only a part of it can be read. */
  checkAudit(key?: string): Promise<AuditVerdict>;
  /** Forgets an ended run and all that is stored of it, for `by` (a name for people). What stands in Discord stays. */
  discard(runId: string, by: string): Promise<'discarded' | 'unknown' | 'not-ended'>;
}

/** Redis is always read first: what leaves it meanwhile is in the archive by then. */
export function createLookup({ redis, archive }: { redis: Redis; archive?: ArchiveDatabase | undefined }): Lookup {
  const run = async (runId: string) =>
    (await readRun(redis, runId)) ?? (archive && (await readArchivedRun(archive, runId)));

  async function runs(list: 'recent' | 'failed', filter: RunFilter): Promise<Found<RunRecord>> {
    const found = await (list === 'failed' ? listFailed : listRecent)(redis, filter);
    const placeOf = ({ id, acceptedAt, endedAt }: RunRecord) => {
      return { id, at: list === 'failed' ? (endedAt ?? acceptedAt) : acceptedAt };
    };
    return withOlder(found, filter.limit, archive && (() => listArchivedRuns(archive, list, filter)), (a, b) =>
      inListOrder(placeOf(a), placeOf(b)),
    );
  }

  return {
    run,
    async journal({ id, archived }) {
      const entries = archived ? [] : await readJournal(redis, id);
      return entries.length === 0 && archive ? readArchivedJournal(archive, id) : entries;
    },
    recent: (filter) => runs('recent', filter),
    failed: (filter) => runs('failed', filter),
    audit: async (filter) =>
      withOlder(
        await listAudit(redis, filter),
        filter.limit,
        archive && (() => listArchivedAudit(archive, filter)),
        latestRow,
      ),
    checkAudit: (key) => checkAudit(redis, key, archive && olderRows(archive)),
    async discard(runId, by) {
      const record = await run(runId);
      if (!record) return 'unknown';
      if (record.status !== 'ended') return 'not-ended';
      await auditDiscard(redis, { id: runId, who: whoOf(record.request.caller) }, by);
      if (archive) await discardArchivedRun(archive, runId);
      await forgetRuns(redis, [runId]);
      return 'discarded';
    },
  };
}

/** Joins what Redis and the archive have, each row once and in order. A note says when the archive is away. */
async function withOlder<Row extends { id: string }>(
  found: Found<Row>,
  limit: number,
  readOlder: (() => Promise<Row[]>) | undefined,
  order: (a: Row, b: Row) => number,
): Promise<Found<Row>> {
  if (!readOlder) return found;
  try {
    const known = new Set(found.rows.map(({ id }) => id));
    const older = (await readOlder()).filter(({ id }) => !known.has(id));
    return { ...found, rows: [...found.rows, ...older].toSorted(order).slice(0, limit) };
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return { ...found, notes: [...found.notes, `${error.message} Only what Redis keeps was looked at.`] };
  }
}

function latestRow(a: AuditRow, b: AuditRow): number {
  const [msA, seqA] = idParts(a.id);
  const [msB, seqB] = idParts(b.id);
  return msB - msA || seqB - seqA;
}

function olderRows(archive: ArchiveDatabase): OlderRows {
  return {
    async begin() {
      const [oldest] = await readArchivedAudit(archive, undefined);
      return oldest && { cut: await readArchiveCut(archive) };
    },
    rows: (after, before) => readArchivedAudit(archive, after, before),
  };
}
