import type { Redis } from 'ioredis';
import { keys } from '#shared/redis/keys.ts';
import { defineScript, of } from '#shared/redis/script.ts';
import { runKeys } from './fence.ts';
import { readLists } from './lists.ts';

/** How a run stood when it was read: the id of its journal's last row ('' for none), and its record's field count. */
export interface Seen {
  id: string;
  last: string;
  fields: number;
}

const forgetScript = defineScript(new URL('./forget.lua', import.meta.url), {
  keys: [
    'record',
    'journal',
    'once',
    'results',
    'live',
    'delivery',
    'recent',
    'recentOfId',
    'recentOfName',
    'failed',
    'failedOfId',
    'failedOfName',
    'failedFor',
    'undelivered',
  ],
  args: { id: of<string>(), seen: of<string | undefined>(), fields: of<number | undefined>() },
  reply: of<0 | 1>(),
});

/** Removes everything that is stored under these runs' ids. They must have ended. */
export async function forgetRuns(redis: Redis, runIds: string[]): Promise<void> {
  await forget(
    redis,
    runIds.map((id) => ({ id })),
  );
}

/** Does the same for runs that were read, unless something was added since. Returns the ids of those that went. */
export function forgetUnchanged(redis: Redis, runs: Seen[]): Promise<string[]> {
  return forget(redis, runs);
}

async function forget(redis: Redis, runs: { id: string; last?: string; fields?: number }[]): Promise<string[]> {
  if (runs.length === 0) return [];
  const lists = await readLists(
    redis,
    runs.map(({ id }) => id),
  );
  const gone = await Promise.all(
    runs.map(async ({ id, last, fields }, index) => {
      const stands = lists[index];
      if (!stands) return [];
      const own = { live: keys.live(id), delivery: keys.delivery(id), undelivered: keys.undelivered };
      const done = await forgetScript(redis, { ...runKeys(id), ...own, ...stands }, { id, seen: last, fields });
      return done === 1 ? [id] : [];
    }),
  );
  return gone.flat();
}
