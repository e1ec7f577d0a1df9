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
 * The unreadable runs that an operator has to know about: open runs, which cannot go on, and the latest failed or
 * accepted ones, which cannot be listed. Looks at the 1,000 that have been open for longest, and at the latest 1,000 of
 * each other list.
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

/** Undefined when what still matters of the run can be read; for a run that has ended the record is enough. */
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

/** For a run that is passed over because this version cannot read it; it holds up no other. Rethrows other errors. */
export function unlessUnreadable(error: unknown): undefined {
  if (!(error instanceof InternalError)) throw error;
}
