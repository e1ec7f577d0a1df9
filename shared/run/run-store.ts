import { isDeepStrictEqual } from 'node:util';
import type { Redis } from 'ioredis';
import { FencedError } from '#shared/ground/errors.ts';
import {
  journalEntrySchema,
  type EntryOf,
  type JournalEntry,
  type JournalEntryInput,
  type StoredEntry,
} from './journal-entries.ts';
import { keys } from '#shared/redis/keys.ts';
import type { Confirm } from '#shared/redis/replication.ts';
import type { RunRequest, RunRequestInput } from './request.ts';
import { acceptRun, type Accepted, type AcceptOptions } from './accept.ts';
import { takeApart } from './apart.ts';
import { claimRun, type Claim } from './claim.ts';
import { decideApproval, readQuestion, type DecisionResult, type Verdict } from './decide.ts';
import { endRun, type EndExtras } from './end.ts';
import type { Fence } from './fence.ts';
import { appendEntries, readEntry, readJournal, type Appended } from './journal.ts';
import { readRun, type RunRecord } from './record.ts';
import { stopRun, type StopResult } from './stop.ts';
import { suspendRun } from './suspend.ts';
import type { RunParts } from './parts.ts';

/** The one way to runs: what can happen to one stands in `transitions.ts`, each in a file of its name. */
export interface RunStore extends RunParts {
  accept(request: RunRequestInput, options?: AcceptOptions): Promise<Accepted>;
  claim(runId: string, worker: string, historyLines?: number): Promise<Claim>;
  /** Writes entries as the worker that holds `fence`. Throws FencedError when another one has taken the run over. */
  append(runId: string, fence: Fence, entries: JournalEntryInput[]): Promise<Appended[]>;
  /** Adds entries that are no worker's: deliveries, feedback. */
  note(runId: string, ...entries: JournalEntryInput[]): Promise<Appended[]>;
  /** Notes in journal and record that the run's answer will not stand in Discord. */
  undeliverable(runId: string, entry: EntryOf<'undeliverable'>): Promise<void>;
  suspend(runId: string, fence: Fence): Promise<'waiting' | 'queued' | 'lost'>;
  /** What a human is, or was, asked by this name; undefined when nothing. */
  question(runId: string, approval: string): Promise<EntryOf<'approval.requested'> | undefined>;
  decide(runId: string, approval: string, verdict: Verdict): Promise<DecisionResult>;
  stop(runId: string, by: string): Promise<StopResult>;
  end(request: RunRequest, fence: Fence, entry: EntryOf<'run.ended'>, extras?: EndExtras): Promise<boolean>;
  read(runId: string): Promise<RunRecord | undefined>;
  journal(runId: string, after?: string): Promise<StoredEntry[]>;
}

/**
 * `confirm` waits until what others rest on is safe: a question that was taken, a human's word, everything that a worker goes on
 * from, an end.
 */
export function createRunStore(parts: RunParts, confirm: Confirm = (write) => write()): RunStore {
  const { redis } = parts;
  return {
    ...parts,
    accept: (request, options) => confirm(() => acceptRun(parts, request, options)),
    claim: async (runId, worker, historyLines) => {
      let claim: Claim = { state: 'gone' };
      // Of several, the newest counts. Nothing is begun before it is safe, the question before it included.
      await confirm(async () => {
        claim = await claimRun(parts, runId, worker, historyLines);
      });
      return claim;
    },
    append: (runId, fence, entries) => confirm(() => appendAs(redis, runId, fence, entries)),
    note: (runId, ...entries) => appendEntries(redis, runId, entries),
    undeliverable: async (runId, entry) => {
      await appendEntries(redis, runId, [entry]);
      await redis.hset(keys.run(runId), 'undeliverable', entry.failure);
    },
    suspend: (runId, fence) => suspendRun(parts, runId, fence),
    question: (runId, approval) => readQuestion(redis, runId, approval),
    decide: (runId, approval, verdict) => confirm(() => decideApproval(parts, runId, approval, verdict)),
    stop: (runId, by) => confirm(() => stopRun(parts, runId, by)),
    end: (request, fence, entry, extras) => confirm(() => endRun(parts, request, fence, entry, extras)),
    read: (runId) => readRun(redis, runId),
    journal: (runId, after) => readJournal(redis, runId, after),
  };
}

/**
 * Appends as a worker. An entry that stands already is its own, sent twice over a connection that broke; where it says
 * something else another worker has been here, whose claim a failover has lost.
 */
async function appendAs(redis: Redis, runId: string, fence: Fence, entries: JournalEntryInput[]): Promise<Appended[]> {
  const appended = await appendEntries(redis, runId, entries, fence);
  for (const [index, { id, fresh }] of appended.entries()) {
    const entry = entries[index];
    if (fresh || !entry) continue;
    const standing = await readEntry(redis, runId, id);
    if (standing && !saysTheSame(standing, entry)) throw new FencedError(runId, fence.epoch);
  }
  return appended;
}

/** As they are stored: in the order of the schema, with its defaults, long results taken out. */
function saysTheSame(standing: JournalEntry, entry: JournalEntryInput): boolean {
  const stored = journalEntrySchema.parse(takeApart(entry)?.entry ?? entry);
  return isDeepStrictEqual(standing, stored);
}
