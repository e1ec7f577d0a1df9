import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { StoredEntry } from './journal-entries.ts';
import { keys } from '#shared/redis/keys.ts';
import { defineScript, of } from '#shared/redis/script.ts';
import type { RunStatus } from './request.ts';
import type { Fence } from './fence.ts';
import { readRows } from './journal.ts';
import type { RunParts } from './parts.ts';
import { historyName } from './talks.ts';
import { fromStates } from './transitions.ts';

/**
 * `journal` holds all entries until now, the claim's own among them. `lines` is the stored history of the talk, oldest
 * first, as many lines as were asked for. `now` is Redis' time in milliseconds since the epoch.
 */
export type Claim =
  | ({ state: 'claimed'; journal: StoredEntry[]; history: string; lines: string[]; now: number } & Fence)
  | { state: 'waiting' | 'ended' | 'gone' };

const claimScript = defineScript(new URL('./claim.lua', import.meta.url), {
  keys: ['record', 'journal', 'unqueued'],
  args: {
    id: of<string>(),
    worker: of<string>(),
    token: of<string>(),
    /** Id of the last row of the journal that the worker has read. */
    seen: of<string>(),
    from: of<Partial<Record<RunStatus, true>>>(),
    to: of<RunStatus>(),
  },
  reply: of<[state: Claim['state'] | 'behind', epoch: number, id: string, now: number, history: string]>(),
});

/**
 * Reads a run's journal and claims the run for `worker` (a name for people). `waiting`: a human is asked, and the
 * decision brings the run back. `ended`: nothing is left to do. `gone`: its record was cleaned away. Only a worker that
 * could read the whole journal gets the run; when it cannot, this throws InternalError (`journal-unreadable`) and
 * leaves the run to others. `historyLines` says how many lines of the talk to read; none are read for a request that
 * brings its context along.
 */
export async function claimRun({ redis }: RunParts, runId: string, worker: string, historyLines = 0): Promise<Claim> {
  const token = randomUUID();
  const journal: StoredEntry[] = [];
  for (let seen: string | undefined; ;) {
    // The script does not read the journal, because reading a long one there would hold up everybody else.
    const { entries, last } = await readRows(redis, runId, seen);
    journal.push(...entries);
    seen = last;
    const count = bringsContext(journal) ? 0 : historyLines;
    // Most conversations are at their first talk, so that its history is asked for in the same trip.
    const likely = firstHistory(journal);
    // Redis handles both in order: once the run is ours, no other run of the talk can end before the read.
    const [[state, epoch, id, now, history], lines] = await Promise.all([
      claimScript(
        redis,
        { record: keys.run(runId), journal: keys.journal(runId), unqueued: keys.unqueued },
        { id: runId, worker, token, seen: seen ?? '', from: fromStates('claim'), to: 'running' },
      ),
      linesOf(redis, likely, count),
    ]);
    // Something was written in the meantime: read it as well.
    if (state === 'behind') continue;
    if (state !== 'claimed') return { state };
    journal.push({ id, entry: { type: 'run.claimed', epoch, worker } });
    const own = history === likely ? lines : await linesOf(redis, history, count);
    return { state, epoch, token, journal, history, lines: own, now };
  }
}

/** Name under which the history of the conversation's first talk is stored. */
function firstHistory([first]: StoredEntry[]): string {
  return first?.entry.type === 'run.accepted' ? historyName(first.entry.request.conversation, 0) : '';
}

async function linesOf(redis: Redis, history: string, count: number): Promise<string[]> {
  return count > 0 && history !== '' ? redis.lrange(keys.history(history), -count, -1) : [];
}

function bringsContext([first]: StoredEntry[]): boolean {
  if (first?.entry.type !== 'run.accepted') return false;
  const { context, client } = first.entry.request;
  return context !== undefined || client?.messages !== undefined;
}
