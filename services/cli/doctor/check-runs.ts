import type { Redis } from 'ioredis';
import { redisNow } from '#shared/redis/connect.ts';
import { foldJournal } from '#shared/run/fold/fold.ts';
import { readJournal } from '#shared/run/journal.ts';
import { listRecent } from '#shared/run/list.ts';
import type { RunRecord } from '#shared/run/record.ts';
import { findUnreadable, unlessUnreadable } from '#shared/run/unreadable.ts';
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
 * Finds runs that failed lately, and runs whose model fails at the moment, with their reasons: a model whose endpoint
 * lists it may still refuse each question.
 */
export async function checkFailures(redis: Redis): Promise<Finding[]> {
  const since = (await redisNow(redis)) - lately.ms;
  const { rows } = await listRecent(redis, { since, limit: lately.runs });
  const running = await Promise.all(rows.filter(({ status }) => status === 'running').map((run) => asking(redis, run)));
  return [...failedRuns(rows), ...askingRuns(running.flat())];
}

function failedRuns(rows: RunRecord[]): Finding[] {
  const ended = rows.filter(({ status }) => status === 'ended');
  const failed = ended.filter(({ outcome, replayedBy }) => outcome === 'failed' && replayedBy === undefined);
  const [latest] = failed;
  if (!latest) return [];
  const detail = `${failed.length} of ${ended.length} that ended in the last 10 minutes: ${byReason(failed)}`;
  const mend = `npx dragoman jobs show ${latest.id} has the steps of the latest; jobs replay asks again.`;
  return [failed.length === ended.length ? broken('failed runs', detail, mend) : warning('failed runs', detail, mend)];
}

interface Asking {
  id: string;
  reason: string;
}

/** The run, if its model has failed and is asked again. */
async function asking(redis: Redis, { id }: RunRecord): Promise<Asking[]> {
  // Another check names runs that cannot be read.
  const journal = await readJournal(redis, id).catch(unlessUnreadable);
  const last = foldJournal(journal ?? []).failures?.last;
  return last === undefined ? [] : [{ id, reason: last.reason }];
}

function askingRuns(runs: Asking[]): Finding[] {
  const [latest] = runs;
  if (!latest) return [];
  const mend = `They go on by themselves; npx dragoman jobs show ${latest.id} has the provider's words.`;
  return [warning('model fails', `runs that ask it again: ${byReason(runs)}`, mend)];
}

function byReason(runs: { reason?: string }[]): string {
  const reasons = Map.groupBy(runs, ({ reason }) => reason ?? 'unknown');
  return [...reasons].map(([reason, some]) => `${some.length} ${reason}`).join(', ');
}

/** How many runs there are, and which. */
export function unreadableRuns(runs: { id: string }[]): string {
  const ids = runs.slice(0, named).map(({ id }) => id);
  const more = runs.length > named ? ' …' : '';
  return `${runs.length} cannot be read by this version (${ids.join(', ')}${more})`;
}
