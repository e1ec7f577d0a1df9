import type { Redis } from 'ioredis';
import { addAuditRows } from './audit.ts';
import { copyRuns } from './copy.ts';
import type { ArchiveDatabase } from './database.ts';
import { cutAudit } from '#shared/audit/keep.ts';
import { errorText, OperatorError } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import { forgetRuns, forgetUnchanged } from '#shared/run/forget.ts';

const log = createLogger('archive');

/** Runs that one transaction copies. */
const together = 20;
/** Rows of the audit log that one transaction stores. */
const rowsTogether = 1_000;

/**
 * Moves runs that have ended into the archive. A run leaves Redis only when the archive has confirmed it. A run that is
 * added to meanwhile, or that the archive refuses, stays in Redis and holds up no other. Rejects when the archive is
 * away. Returns how many left Redis.
 */
export async function moveRuns(redis: Redis, archive: ArchiveDatabase, ids: string[]): Promise<number> {
  let moved = 0;
  for (let from = 0; from < ids.length; from += together) {
    moved += await moveSome(redis, archive, ids.slice(from, from + together));
  }
  return moved;
}

async function moveSome(redis: Redis, archive: ArchiveDatabase, ids: string[]): Promise<number> {
  try {
    const seen = await copyRuns(redis, archive, ids);
    const gone = await forgetUnchanged(redis, seen);
    const copied = new Set(seen.map(({ id }) => id));
    // A run whose record is already gone has nothing left but its places in lists.
    const empty = ids.filter((id) => !copied.has(id));
    await forgetRuns(redis, empty);
    return gone.length + empty.length;
  } catch (error) {
    if (!(error instanceof OperatorError) || error.reason !== 'archive-refused') throw error;
    const [only] = ids;
    if (ids.length > 1) return moveEach(redis, archive, ids);
    log.error({ run: only, error: errorText(error) }, 'the archive refuses a run; it stays in Redis');
    return 0;
  }
}

async function moveEach(redis: Redis, archive: ArchiveDatabase, ids: string[]): Promise<number> {
  let moved = 0;
  for (const id of ids) moved += await moveSome(redis, archive, [id]);
  return moved;
}

/** Moves rows of the audit log as `cutAudit` takes them. Returns how many left Redis. */
export function moveAudit(
  redis: Redis,
  archive: ArchiveDatabase,
  key: string,
  keep: { ms: number; max: number },
): Promise<number> {
  return cutAudit(redis, key, keep, async (rows, begin) => {
    for (let from = 0; from < rows.length; from += rowsTogether) {
      await addAuditRows(archive, rows.slice(from, from + rowsTogether), begin);
    }
  });
}
