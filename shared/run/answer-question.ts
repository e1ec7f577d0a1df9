import type { Redis } from 'ioredis';
import { keys } from '#shared/redis/keys.ts';
import { decideScript, type DecideReply } from './decide-script.ts';
import { enqueueRun } from './enqueue.ts';
import { runKeys } from './fence.ts';
import type { EntryOf } from './journal-entries.ts';
import { readEntry } from './journal.ts';
import { readOpenQuestions, type QuestionPlace } from './open-questions.ts';
import type { RunParts } from './parts.ts';
import { readRun } from './record.ts';
import type { Caller } from './request.ts';
import { questionName, scriptEntries } from './script-entries.ts';
import { fromStates } from './transitions.ts';

/** Characters of an answer to a question of the model. */
export const answerMax = 4_000;

/** What came of a question of the model: the words of `by` (a name for people), or why there are none. */
export type Reply = { by: string; text: string } | { none: 'expired' | 'unasked' };

/**
 * Records the answer to a question of the model, once, and lets the run go on. The caller has checked that this person
 * was asked.
 */
export async function answerQuestion(
  parts: RunParts,
  runId: string,
  question: string,
  reply: Reply,
): Promise<DecideReply> {
  const said = 'none' in reply ? { by: '', none: reply.none } : { by: reply.by, text: reply.text.slice(0, answerMax) };
  const [entry] = scriptEntries(runId, [{ type: 'question.answered', question, ...said }]);
  const [result, woken] = await decideScript(
    parts.redis,
    { ...runKeys(runId), approvals: keys.approvals, unqueued: keys.unqueued, log: keys.audit },
    { id: runId, approval: question, question: questionName(runId, question), entry, from: fromStates('decide') },
  );
  if (woken === 1) await enqueueRun(parts, runId);
  return result;
}

/** The question of the model of this name in the run's journal; undefined when there is none. */
export async function readAsked(
  redis: Redis,
  runId: string,
  question: string,
): Promise<EntryOf<'question.asked'> | undefined> {
  const id = await redis.hget(keys.once(runId), `approval:${question}`);
  const entry = id === null ? undefined : await readEntry(redis, runId, id);
  return entry?.type === 'question.asked' ? entry : undefined;
}

export interface PendingQuestion {
  runId: string;
  caller: Caller;
  /** The question that the run answers. */
  text: string;
  asked: EntryOf<'question.asked'>;
}

/** Questions of the model that wait for an answer, the soonest to expire first. */
export function listPendingQuestions(redis: Redis): Promise<PendingQuestion[]> {
  return readOpenQuestions(redis, (place) => readPendingQuestion(redis, place));
}

async function readPendingQuestion(redis: Redis, { runId, question }: QuestionPlace) {
  const asked = await readAsked(redis, runId, question);
  const record = asked && (await readRun(redis, runId));
  if (!asked || !record || record.status === 'ended') return undefined;
  if ((await redis.hexists(keys.once(runId), `decision:${question}`)) === 1) return undefined;
  return { runId, caller: record.request.caller, text: record.request.text, asked };
}
