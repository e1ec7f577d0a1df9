import { randomBytes } from 'node:crypto';
import type { StoredEntry } from '../journal-entries.ts';
import { keys } from '../keys.ts';
import { defineScript, of } from '../redis-script.ts';
import type { RunStatus } from '../run.ts';
import type { Fence } from './fence.ts';
import { readJournal } from './journal.ts';
import type { RunParts } from './run-store.ts';
import { fromStates } from './transitions.ts';

/** `journal`: all entries until now, the claim's own among them. `now`: Redis' time in milliseconds since the epoch. */
export type Claim =
  | ({ state: 'claimed'; journal: StoredEntry[]; history: string; now: number } & Fence)
  | { state: 'waiting' | 'ended' | 'gone' };

const claimScript = defineScript(new URL('./claim.lua', import.meta.url), {
  keys: ['record', 'journal', 'unqueued'],
  args: {
    id: of<string>(),
    worker: of<string>(),
    token: of<string>(),
    from: of<Partial<Record<RunStatus, true>>>(),
    to: of<RunStatus>(),
  },
  reply:
    of<[state: 'claimed' | 'waiting' | 'ended' | 'gone', epoch: number, id: string, history: string, now: number]>(),
});

/**
 * Claims a run for `worker` (a name for people) and reads its journal. `waiting`: a human is asked, and what they decide
 * brings the run back. `ended`: nothing is left to do. `gone`: its record was cleaned away.
 */
export async function claimRun({ redis }: RunParts, runId: string, worker: string): Promise<Claim> {
  const token = randomBytes(9).toString('base64url');
  const claiming = claimScript(
    redis,
    { record: keys.run(runId), journal: keys.journal(runId), unqueued: keys.unqueued },
    { id: runId, worker, token, from: fromStates('claim'), to: 'running' },
  );
  // Sent with the claim. Reading it is not the script's work: a long journal would hold up everybody else.
  const reading = readJournal(redis, runId);
  const [[state, epoch, id, history, now], journal] = await Promise.all([claiming, reading]);
  if (state !== 'claimed') return { state };
  // A server that did not know the script yet has answered the other way round.
  const last = journal.at(-1)?.id;
  if (!journal.some((stored) => stored.id === id)) journal.push(...(await readJournal(redis, runId, last)));
  return { state, epoch, token, journal, history, now };
}
