import { randomUUID } from 'node:crypto';
import type { StoredEntry } from './journal-entries.ts';
import { keys } from '#shared/redis/keys.ts';
import { defineScript, of } from '#shared/redis/script.ts';
import type { RunStatus } from './request.ts';
import type { Fence } from './fence.ts';
import { parseRows, readRows, whole } from './journal.ts';
import type { RunParts } from './parts.ts';
import { fromStates } from './transitions.ts';

/**
 * `journal` holds all entries until now, the claim's own among them. `lines` is the stored history of the talk, oldest
 * first, as many lines as were asked for. `now` is Redis' time in milliseconds since the epoch.
 */
export type Claim =
  | ({ state: 'claimed'; journal: StoredEntry[]; history: string; lines: string[]; now: number } & Fence)
  | { state: 'waiting' | 'ended' | 'gone' };

const claimScript = defineScript(new URL('./claim.lua', import.meta.url), {
  keys: ['record', 'journal', 'unqueued', 'histories'],
  args: {
    id: of<string>(),
    worker: of<string>(),
    token: of<string>(),
    /** Id of the last row of the journal that the worker has read; empty when it has read none. */
    seen: of<string>(),
    /** How many lines of the history are wanted. */
    lines: of<number>(),
    /**
     * Which run is given to a worker that has not read its journal, which then comes with it; and how many lines of
     * the history come with it.
     */
    short: of<{ status: RunStatus; rows: number; bytes: number; lines: number }>(),
    from: of<Partial<Record<RunStatus, true>>>(),
    to: of<RunStatus>(),
  },
  reply: of<
    [
      state: Claim['state'] | 'behind',
      epoch: number,
      id: string,
      now: number,
      history: string,
      unseen: [id: string, fields: string[]][],
      wasUnqueued: 0 | 1,
      /** Null where there are too many. */
      lines: string[] | null,
    ]
  >(),
});

const releaseScript = defineScript(new URL('./release.lua', import.meta.url), {
  keys: ['record', 'journal', 'unqueued'],
  args: {
    id: of<string>(),
    epoch: of<number>(),
    token: of<string>(),
    /** Id of the claim's entry. */
    claim: of<string>(),
    wasUnqueued: of<0 | 1>(),
    from: of<Partial<Record<RunStatus, true>>>(),
    to: of<RunStatus>(),
  },
  reply: of<'released' | 'lost'>(),
});

/** Reading more than this within a script would hold up everybody else. */
const short = { status: 'queued', rows: 3, bytes: 64_000, lines: 20 } as const;

/**
 * Reads a run's journal and claims the run for `worker` (a name for people). `waiting`: a human is asked, and the
 * decision brings the run back. `ended`: nothing is left to do. `gone`: its record was cleaned away. Only a worker that
 * could read the whole journal keeps the run; when it cannot, this throws InternalError (`journal-unreadable`) and
 * leaves the run to others. `historyLines` says how many lines of the talk to read; none are read for a request that
 * brings its context along.
 */
export async function claimRun({ redis }: RunParts, runId: string, worker: string, historyLines = 0): Promise<Claim> {
  const token = randomUUID();
  const at = { record: keys.run(runId), journal: keys.journal(runId), unqueued: keys.unqueued };
  const histories = keys.history('');
  const journal: StoredEntry[] = [];
  for (let seen = ''; ;) {
    const lines = bringsContext(journal) ? 0 : historyLines;
    const [state, epoch, id, now, history, unseen, wasUnqueued, few] = await claimScript(
      redis,
      { ...at, histories },
      { id: runId, worker, token, seen, lines, short, from: fromStates('claim'), to: 'running' },
    );
    if (state === 'behind') {
      // Not read yet, or something was written in the meantime.
      const { entries, last } = await readRows(redis, runId, seen === '' ? undefined : seen);
      journal.push(...entries);
      seen = last ?? '';
      continue;
    }
    if (state !== 'claimed') return { state };
    try {
      journal.push(...(await whole(redis, runId, parseRows(unseen))));
    } catch (error) {
      const claim = { id: runId, epoch, token, claim: id, wasUnqueued };
      await releaseScript(redis, at, { ...claim, from: fromStates('release'), to: 'queued' });
      throw error;
    }
    journal.push({ id, entry: { type: 'run.claimed', epoch, worker } });
    if (bringsContext(journal)) return { state, epoch, token, journal, history, lines: [], now };
    // Once the run is ours, no other run of the talk can end before the read.
    const own = few ?? (await redis.lrange(keys.history(history), -historyLines, -1));
    return { state, epoch, token, journal, history, lines: own, now };
  }
}

function bringsContext([first]: StoredEntry[]): boolean {
  if (first?.entry.type !== 'run.accepted') return false;
  const { context, client } = first.entry.request;
  return context !== undefined || client?.messages !== undefined;
}
