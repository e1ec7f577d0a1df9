import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { StoredEntry } from './journal-entries.ts';
import { keys } from '#shared/redis/keys.ts';
import { defineScript, of } from '#shared/redis/script.ts';
import type { RunStatus } from './request.ts';
import type { Fence } from './fence.ts';
import { readRows } from './journal.ts';
import type { RunParts } from './parts.ts';
import { fromStates } from './transitions.ts';

/**
 * `journal`: all entries until now, the claim's own among them. `lines`: what is stored of the talk so far, oldest first, as
 * many as were asked for. `now`: Redis' time in milliseconds since the epoch.
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
  reply: of<[state: Claim['state'] | 'behind', epoch: number, id: string, now: number]>(),
});

/**
 * Reads a run's journal and claims the run for `worker` (a name for people). `waiting`: a human is asked, and what they decide
 * brings the run back. `ended`: nothing is left to do. `gone`: its record was cleaned away. Only who could read the journal
 * up to its end gets the run: throws InternalError (`journal-unreadable`), and leaves it to others, when it cannot.
 * `historyLines`: how many lines of the talk are wanted; none are read of a request that brings its context along.
 */
export async function claimRun({ redis }: RunParts, runId: string, worker: string, historyLines = 0): Promise<Claim> {
  const token = randomBytes(9).toString('base64url');
  const journal: StoredEntry[] = [];
  for (let seen: string | undefined; ;) {
    // Not the script's work: reading a long journal there would hold up everybody else.
    const [{ entries, last }, history] = await Promise.all([readRows(redis, runId, seen), storedHistory(redis, runId)]);
    journal.push(...entries);
    seen = last;
    // Sent together, read one after the other: nobody else of the talk can end once the run is ours.
    const [[state, epoch, id, now], lines] = await Promise.all([
      claimScript(
        redis,
        { record: keys.run(runId), journal: keys.journal(runId), unqueued: keys.unqueued },
        { id: runId, worker, token, seen: seen ?? '', from: fromStates('claim'), to: 'running' },
      ),
      linesOf(redis, history, bringsContext(journal) ? 0 : historyLines),
    ]);
    // Something was written in the meantime: it is read as well.
    if (state === 'behind') continue;
    if (state !== 'claimed') return { state };
    journal.push({ id, entry: { type: 'run.claimed', epoch, worker } });
    return { state, epoch, token, journal, history, lines, now };
  }
}

/** Name under which the history of the run's talk is stored. */
async function storedHistory(redis: Redis, runId: string): Promise<string> {
  return (await redis.hget(keys.run(runId), 'history')) ?? '';
}

async function linesOf(redis: Redis, history: string, count: number): Promise<string[]> {
  return count > 0 && history !== '' ? redis.lrange(keys.history(history), -count, -1) : [];
}

function bringsContext([first]: StoredEntry[]): boolean {
  return first?.entry.type === 'run.accepted' && first.entry.request.context !== undefined;
}
