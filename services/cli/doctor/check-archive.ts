import type { Redis } from 'ioredis';
import { openArchive } from '#shared/archive/database.ts';
import { countArchived } from '#shared/archive/runs.ts';
import { errorText } from '#shared/ground/errors.ts';
import { keys } from '#shared/redis/keys.ts';
import { redisNow } from '#shared/redis/connect.ts';
import type { CliConfig } from '../config.ts';
import { connectStack } from '../stack.ts';
import { ok, broken, warning, type Finding } from './finding.ts';

/** Milliseconds by which due runs and rows may be late in the archive: workers move them once a minute. */
const lateMs = 3_600_000;

/** Checks the archive, and whether what is due has left Redis for it. */
export async function checkArchive(config: CliConfig): Promise<Finding[]> {
  const { ARCHIVE_URL: url, ARCHIVE_AFTER_HOURS: hours } = config;
  if (url === undefined) return [ok('archive', 'none is set: what Redis keeps is all there is (ARCHIVE_URL)')];
  await using archive = openArchive(url);
  try {
    const { runs, rows } = await countArchived(archive);
    const found = ok('archive', `about ${runs} runs and ${rows} rows of the audit log; it takes them after ${hours} h`);
    return [found, ...(await checkWaiting(config))];
  } catch (error) {
    const mend =
      'Is PostgreSQL up, and was the database made? docs/operations.md, ArchiveAway. Meanwhile all stays in Redis.';
    return [broken('archive', errorText(error), mend)];
  }
}

async function checkWaiting(config: CliConfig): Promise<Finding[]> {
  try {
    await using connection = await connectStack(config);
    const late = await countLate(connection.redis, config.ARCHIVE_AFTER_HOURS * 3_600_000);
    if (late === 0) return [];
    const mend =
      'Runs that wait for a human stay; else the log of a worker says why (housekeeping failed, task archive).';
    return [warning('archive', `${late} runs should be in it and are still in Redis`, mend)];
  } catch {
    // Another check reports that Redis does not answer.
    return [];
  }
}

async function countLate(redis: Redis, afterMs: number): Promise<number> {
  const until = (await redisNow(redis)) - afterMs - lateMs;
  const [all, open] = await Promise.all([redis.zcount(keys.recent, 0, until), redis.zcount(keys.open, 0, until)]);
  return Math.max(0, all - open);
}
