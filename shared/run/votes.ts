import type { Redis } from 'ioredis';
import { keys } from '#shared/redis/keys.ts';
import { parseEntry } from './journal.ts';
import type { RunStore } from './run-store.ts';
import type { EntryOf } from './journal-entries.ts';

/** As long as runs may be kept in Redis. */
const keepMs = 400 * 86_400_000;

/** Stores a person's vote on a run, and that there is one, for when they want to be forgotten. */
export async function vote(
  redis: Redis,
  runs: Pick<RunStore, 'note'>,
  runId: string,
  feedback: Omit<EntryOf<'feedback'>, 'type'>,
): Promise<void> {
  const key = keys.votes(`discord:${feedback.by}`);
  await redis.multi().sadd(key, runId).pexpire(key, keepMs).exec();
  await runs.note(runId, { type: 'feedback', ...feedback });
}

/** Takes a person's votes (`kind:id`) out of the journals of others' runs. Returns the runs on which they had voted. */
export async function forgetVotes(redis: Redis, person: string): Promise<string[]> {
  const by = person.slice(person.indexOf(':') + 1);
  const runs = await redis.smembers(keys.votes(person));
  for (const run of runs) {
    const rows = await redis.xrange(keys.journal(run), '-', '+');
    const theirs = rows.filter(([, fields]) => isVoteOf(fields, by)).map(([id]) => id);
    if (theirs.length > 0) await redis.xdel(keys.journal(run), ...theirs);
  }
  await redis.unlink(keys.votes(person));
  return runs;
}

function isVoteOf(fields: string[], by: string): boolean {
  if (!fields[1]?.includes('"feedback"')) return false;
  const entry = parseEntry(fields);
  return entry?.type === 'feedback' && entry.by === by;
}
