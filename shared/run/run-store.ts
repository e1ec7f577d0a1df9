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
import { answerQuestion, readAsked, type Reply } from './answer-question.ts';
import type { DecideReply } from './decide-script.ts';
import { takeApart } from './apart.ts';
import { claimRun, type Claim } from './claim.ts';
import { decideApproval, readQuestion, type DecisionResult, type Verdict } from './decide.ts';
import { endRun, type EndExtras } from './end.ts';
import type { Fence } from './fence.ts';
import { appendEntries, readEntry, readJournal, type Appended } from './journal.ts';
import { readRun, type RunRecord } from './record.ts';
import { steerRun, type SteerResult } from './steer.ts';
import { stopRun, type StopResult } from './stop.ts';
import { suspendRun } from './suspend.ts';
import type { RunParts } from './parts.ts';

/** The only access to runs. `transitions.ts` says what can happen to one; each transition has a file of its name. */
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
  /** The question that a human is, or was, asked under this name; undefined when there is none. */
  question(runId: string, approval: string): Promise<EntryOf<'approval.requested'> | undefined>;
  decide(runId: string, approval: string, verdict: Verdict): Promise<DecisionResult>;
  /** The question that the model asks, or asked, under this name; undefined when there is none. */
  asked(runId: string, question: string): Promise<EntryOf<'question.asked'> | undefined>;
  answer(runId: string, question: string, reply: Reply): Promise<DecideReply>;
  stop(runId: string, by: string): Promise<StopResult>;
  /** Says more to a run that is under way, for `by` (a name for people). */
  steer(runId: string, by: string, text: string): Promise<SteerResult>;
  end(request: RunRequest, fence: Fence, entry: EntryOf<'run.ended'>, extras?: EndExtras): Promise<boolean>;
  read(runId: string): Promise<RunRecord | undefined>;
  journal(runId: string, after?: string): Promise<StoredEntry[]>;
}

/**
 * `confirm` waits until a write that others rely on is safe: an accepted question, a human's decision, everything that
 * a worker goes on from, an end.
 */
export function createRunStore(parts: RunParts, confirm: Confirm = (write) => write()): RunStore {
  const { redis } = parts;
  return {
    ...parts,
    accept: (request, options) => confirm(() => acceptRun(parts, request, options)),
    claim: async (runId, worker, historyLines) => {
      let claim: Claim = { state: 'gone' };
      // When several claims come one after the other, the newest counts. The worker begins nothing before the claim,
      // and the question before it, are safe.
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
    asked: (runId, question) => readAsked(redis, runId, question),
    answer: (runId, question, reply) => confirm(() => answerQuestion(parts, runId, question, reply)),
    stop: (runId, by) => confirm(() => stopRun(parts, runId, by)),
    steer: (runId, by, text) => confirm(() => steerRun(parts, runId, by, text)),
    end: (request, fence, entry, extras) => confirm(() => endRun(parts, request, fence, entry, extras)),
    read: (runId) => readRun(redis, runId),
    journal: (runId, after) => readJournal(redis, runId, after),
  };
}

/**
 * Appends as a worker. When an entry is there already, it is this worker's own, sent twice over a connection that
 * broke. If the stored one says something else, another worker was here, whose claim a failover has lost.
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

/** Compares the entries in their stored form: in the schema's order, with its defaults, long results taken out. */
function saysTheSame(standing: JournalEntry, entry: JournalEntryInput): boolean {
  const stored = journalEntrySchema.parse(takeApart(entry)?.entry ?? entry);
  return isDeepStrictEqual(standing, stored);
}
