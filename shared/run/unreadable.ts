import type { Redis } from 'ioredis';
import { errorText, InternalError } from '#shared/ground/errors.ts';
import { keys } from '#shared/redis/keys.ts';
import { readJournal } from './journal.ts';
import { readRun } from './record.ts';

/** A run that this version cannot read: one of a newer version, or one whose data somebody has changed. */
export interface UnreadableRun {
  id: string;
  why: string;
}

/** Runs of one list that are looked at. */
const most = 1_000;
const sideBySide = 50;

/**
 * What an operator has to know of: among the open runs, which cannot go on, and among the latest that failed or were asked,
 * which cannot be listed. Looks at the 1,000 that have been open for longest, and at the latest 1,000 of the others.
 */
export async function findUnreadable(redis: Redis): Promise<UnreadableRun[]> {
  const lists = await Promise.all([
    redis.zrange(keys.open, '0', String(most - 1)),
    redis.zrange(keys.failed, '0', String(most - 1), 'REV'),
    redis.zrange(keys.recent, '0', String(most - 1), 'REV'),
  ]);
  return unreadableAmong(redis, [...new Set(lists.flat())]);
}

/** Which of these runs this version cannot read, and why. */
export async function unreadableAmong(redis: Redis, ids: string[]): Promise<UnreadableRun[]> {
  const found: UnreadableRun[] = [];
  for (let from = 0; from < ids.length; from += sideBySide) {
    const some = ids.slice(from, from + sideBySide);
    const whys = await Promise.all(some.map((id) => whyUnreadable(redis, id)));
    for (const [index, id] of some.entries()) if (whys[index] !== undefined) found.push({ id, why: whys[index] });
  }
  return found;
}

/** Undefined when the run can be read, as far as it still matters: of one that has ended the record is enough. */
async function whyUnreadable(redis: Redis, runId: string): Promise<string | undefined> {
  try {
    const record = await readRun(redis, runId);
    if (record && record.status !== 'ended') await readJournal(redis, runId);
    return undefined;
  } catch (error) {
    if (error instanceof InternalError) return errorText(error);
    throw error;
  }
}

/** For a run that is passed over since this version cannot read it: so it costs only itself. Rethrows everything else. */
export function unlessUnreadable(error: unknown): undefined {
  if (!(error instanceof InternalError)) throw error;
}
