import type { Redis } from 'ioredis';
import type { EntryOf } from './journal-entries.ts';
import { keys } from '#shared/redis/keys.ts';
import { metrics } from '#shared/process/metrics.ts';
import { redisNow } from '#shared/redis/connect.ts';
import type { Caller } from './request.ts';
import { answerQuestion, readAsked } from './answer-question.ts';
import { decideScript } from './decide-script.ts';
import { enqueueRun } from './enqueue.ts';
import { runKeys } from './fence.ts';
import { readEntry } from './journal.ts';
import { questionPlace, readOpenQuestions, type QuestionPlace } from './open-questions.ts';
import { readRun } from './record.ts';
import type { RunParts } from './parts.ts';
import { questionName, scriptEntries } from './script-entries.ts';
import { fromStates } from './transitions.ts';
import { unlessUnreadable } from './unreadable.ts';

export type Decision = EntryOf<'approval.decided'>['decision'];

/** `wrong-decision`: the question has other answers (`happened` only fits a call whose outcome is unknown). */
export type DecisionResult = 'decided' | 'already-decided' | 'unknown' | 'ended' | 'wrong-decision';

/** A human's answer to a question. `by`: a name for people. */
export interface Verdict {
  decision: Decision;
  by: string;
  reason?: string | undefined;
}

/**
 * Records a human's decision, once, and lets the run go on. The caller has checked that this person may decide. `allow`
 * and `deny` answer questions of the kinds `policy` and `guided`; `happened`, `did-not-happen` and `deny` (leave it)
 * answer the kind `unknown-outcome`.
 */
export async function decideApproval(
  parts: RunParts,
  runId: string,
  approval: string,
  { decision, by, reason }: Verdict,
): Promise<DecisionResult> {
  const request = await readQuestion(parts.redis, runId, approval);
  if (request && !fits(request.kind, decision)) return 'wrong-decision';
  const [entry] = scriptEntries(runId, [
    { type: 'approval.decided', approval, decision, by, ...(reason !== undefined && { reason }) },
  ]);
  const [result, woken] = await decideScript(
    parts.redis,
    { ...runKeys(runId), approvals: keys.approvals, unqueued: keys.unqueued, log: keys.audit },
    { id: runId, approval, question: questionName(runId, approval), entry, from: fromStates('decide') },
  );
  if (result === 'decided') metrics.approvals.inc({ outcome: decision });
  if (woken === 1) await enqueueRun(parts, runId);
  return result;
}

function fits(kind: EntryOf<'approval.requested'>['kind'], decision: Decision): boolean {
  if (decision === 'expired' || decision === 'deny') return true;
  return kind === 'unknown-outcome' ? decision !== 'allow' : decision === 'allow';
}

export interface PendingApproval {
  runId: string;
  caller: Caller;
  conversation: string;
  /** The question that the run answers. */
  text: string;
  request: EntryOf<'approval.requested'>;
}

/** Approvals that wait for a human, the soonest to expire first. */
export function listPendingApprovals(redis: Redis): Promise<PendingApproval[]> {
  return readOpenQuestions(redis, (place) => readPending(redis, place));
}

async function readPending(redis: Redis, { runId, question: approval }: QuestionPlace) {
  const record = await readRun(redis, runId);
  if (!record || record.status === 'ended') return undefined;
  const request = await readQuestion(redis, runId, approval);
  if (!request || (await redis.hexists(keys.once(runId), `decision:${approval}`)) === 1) return undefined;
  const { caller, conversation, text } = record.request;
  return { runId, caller, conversation, text, request };
}

/** Questions whose time is over by Redis' clock, at most 200. */
export async function dueApprovals(redis: Redis): Promise<{ runId: string; approval: string }[]> {
  const due = await redis.zrangebyscore(keys.approvals, 0, await redisNow(redis), 'LIMIT', 0, 200);
  return due.map(questionPlace).map(({ runId, question }) => ({ runId, approval: question }));
}

/**
 * Decides `expired` for a question whose time is over, or leaves it without an answer; forgets one whose run is gone or
 * has ended.
 */
export async function expireApproval(parts: RunParts, runId: string, approval: string): Promise<void> {
  if (await readAsked(parts.redis, runId, approval).catch(unlessUnreadable)) {
    await answerQuestion(parts, runId, approval, { none: 'expired' });
    return;
  }
  const by = 'nobody (the time was over)';
  const result = await decideApproval(parts, runId, approval, { decision: 'expired', by });
  if (result === 'unknown') await parts.redis.zrem(keys.approvals, questionName(runId, approval));
}

/** The question of this name in the run's journal. */
export async function readQuestion(
  redis: Redis,
  runId: string,
  approval: string,
): Promise<EntryOf<'approval.requested'> | undefined> {
  const id = await redis.hget(keys.once(runId), `approval:${approval}`);
  if (id === null) return undefined;
  const entry = await readEntry(redis, runId, id);
  return entry?.type === 'approval.requested' ? entry : undefined;
}
