import type { Redis } from 'ioredis';
import { findUnreadable } from '#shared/run/unreadable.ts';
import { redisNow } from '#shared/redis/connect.ts';
import { listRecent } from '#shared/run/list.ts';
import { broken, warning, type Finding } from './finding.ts';

/** This many runs are named; of more only the number is given. */
const named = 5;

/** Finds runs that this version cannot read: nobody works on them, and no list shows them. */
export async function checkUnreadable(redis: Redis): Promise<Finding[]> {
  const unreadable = await findUnreadable(redis);
  const [first] = unreadable;
  if (!first) return [];
  const detail = `${unreadableRuns(unreadable)}: ${first.why}`;
  return [
    broken('runs', detail, 'They are of a newer version, or were changed by hand. Start the version that wrote them.'),
  ];
}

/** Runs of so many milliseconds, and so many of them at most, tell how it goes lately. */
const lately = { ms: 600_000, runs: 50 };

/**
 * Finds runs that failed lately, with their reasons: a model whose endpoint lists it may still refuse each question.
 */
export async function checkFailures(redis: Redis): Promise<Finding[]> {
  const since = (await redisNow(redis)) - lately.ms;
  const { rows } = await listRecent(redis, { since, limit: lately.runs });
  const ended = rows.filter(({ status }) => status === 'ended');
  const failed = ended.filter(({ outcome, replayedBy }) => outcome === 'failed' && replayedBy === undefined);
  const [latest] = failed;
  if (!latest) return [];
  const reasons = Map.groupBy(failed, ({ reason }) => reason ?? 'unknown');
  const told = [...reasons].map(([reason, runs]) => `${runs.length} ${reason}`).join(', ');
  const detail = `${failed.length} of ${ended.length} that ended of the last 10 minutes failed: ${told}`;
  const mend = `npx dragoman jobs show ${latest.id} has the steps of the latest; jobs replay asks again.`;
  return [failed.length === ended.length ? broken('failed runs', detail, mend) : warning('failed runs', detail, mend)];
}

/** How many runs there are, and which. */
export function unreadableRuns(runs: { id: string }[]): string {
  const ids = runs.slice(0, named).map(({ id }) => id);
  const more = runs.length > named ? ' …' : '';
  return `${runs.length} cannot be read by this version (${ids.join(', ')}${more})`;
}
