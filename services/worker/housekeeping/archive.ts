import type { Redis } from 'ioredis';
import { forgetArchivedAudit } from '#shared/archive/audit.ts';
import type { ArchiveDatabase } from '#shared/archive/database.ts';
import { moveAudit, moveRuns } from '#shared/archive/move.ts';
import { forgetArchivedRuns } from '#shared/archive/runs.ts';
import { markText } from '#shared/audit/marks.ts';
import { errorText } from '#shared/ground/errors.ts';
import { keys } from '#shared/redis/keys.ts';
import { redisNow } from '#shared/redis/connect.ts';
import { forgetRuns } from '#shared/run/forget.ts';
import type { WorkerConfig } from '../config.ts';
import { archived, wentUnarchived } from '../events.ts';
import { attempt } from './attempt.ts';
import type { Retention } from './clean.ts';
import { cutoff, leaveEnded, leaveFailed, type Leave } from './due.ts';
import { withoutUnstored } from './unstored.ts';

/** When runs and rows leave Redis for the archive, and how long the archive keeps them; in milliseconds. */
export interface ArchiveSettings {
  afterMs: number;
  keepMs: number;
}

export function archiveSettings(config: WorkerConfig): ArchiveSettings {
  return { afterMs: config.ARCHIVE_AFTER_HOURS * 3_600_000, keepMs: config.ARCHIVE_KEEP_DAYS * 86_400_000 };
}

/** The most runs, and rows of the archive, that one round moves or forgets; the rest waits for the next round. */
const atOnce = 5_000;

/**
 * Moves to the archive what retention would let Redis forget, and what is old enough to move. Nothing leaves Redis
 * before the archive has confirmed it; while the archive is away, all stays. Forgets what the archive has kept long
 * enough.
 */
export async function archiveRound(
  redis: Redis,
  archive: ArchiveDatabase,
  retention: Retention,
  { afterMs, keepMs, signingKey }: ArchiveSettings & { signingKey: string },
): Promise<void> {
  const now = await redisNow(redis);
  const leave = withoutUnstored(redis, (ids) => moveRuns(redis, archive, ids));
  const failed = await attempt('archive-failed', async () => {
    const until = await cutoff(redis, keys.failed, now - retention.failedMs, retention.failedMax);
    return leaveFailed(redis, until, atOnce, leave);
  });
  const ended = await attempt('archive-runs', async () => {
    const oldest = now - Math.min(retention.runsMs, afterMs);
    const accepted = await cutoff(redis, keys.recent, oldest, retention.runsMax);
    return leaveEnded(redis, { accepted, ended: now - retention.youngMs, now }, atOnce, leave);
  });
  const rows = await attempt('archive-audit', () => {
    const ms = Math.min(retention.auditMs, afterMs);
    return moveAudit(redis, archive, signingKey, { ms, max: retention.auditMax });
  });
  const forgotten = await attempt('archive-keep', async () => {
    const before = now - keepMs;
    const mark = (first: string, hash: string) => markText(signingKey, 'cut', first, hash);
    const gone = await forgetArchivedRuns(archive, before, atOnce);
    return gone + (await forgetArchivedAudit(archive, { before, most: atOnce, mark }));
  });
  archived({ runs: (failed ?? 0) + (ended ?? 0), rows: rows ?? 0, forgotten: forgotten ?? 0 });
}

/** Milliseconds for which an archive that failed is not asked again while Redis is short of memory. */
const patienceMs = 30_000;

/** Removes runs to free Redis' memory: into the archive if it takes them, otherwise for good, which is logged. */
export function leaveInNeed(redis: Redis, archive: ArchiveDatabase): Leave {
  let away: { until: number; why: string } | undefined;
  return withoutUnstored(redis, async (ids) => {
    if (!away || performance.now() > away.until) {
      try {
        const moved = await moveRuns(redis, archive, ids);
        away = undefined;
        archived({ runs: moved, rows: 0, forgotten: 0 });
        return moved;
      } catch (error) {
        away = { until: performance.now() + patienceMs, why: errorText(error) };
      }
    }
    await forgetRuns(redis, ids);
    wentUnarchived(ids.length, away.why);
    return ids.length;
  });
}
