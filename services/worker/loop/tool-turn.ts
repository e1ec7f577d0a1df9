import { argumentsHash } from '#shared/arguments-hash.ts';
import { publishLive } from '#shared/live.ts';
import { approvalAsked } from '../events.ts';
import type { Offer, OfferedTool, ToolCallOutcome } from '../tools/toolbox.ts';
import { intentOf } from './intent.ts';
import { ShuttingDown } from './interrupts.ts';
import { planCall, type Plan, type Question, type ReadyCall, type Reply } from './plan.ts';
import { notRepeated, outcomeQuestion } from './plan-outcome.ts';
import type { Run } from './run.ts';
import type { StepState } from './state.ts';

/**
 * Runs what is left of a step's tool calls: neighbours that only read side by side, everything else in order.
 * Returns false when a human has to be asked first; the question is stored then. Throws the signal's reason when the
 * run is interrupted.
 */
export async function runTools(run: Run, step: StepState, offer: Offer): Promise<boolean> {
  for (let at = 0; at < step.answer.toolCalls.length;) {
    run.signals.any.throwIfAborted();
    const batch = nextBatch(run, offer.tools, step, at);
    at = batch.next;
    for (const { at: place, plan } of batch.replies) finish(run, step, place, plan, 0);
    const questions = [...batch.questions, ...(await callAll(run, step, batch.calls, batch.questions.length > 0))];
    if (questions.length === 0) continue;
    await ask(run, step, questions);
    return false;
  }
  return true;
}

interface Batch {
  replies: { at: number; plan: Reply }[];
  calls: ReadyCall[];
  questions: Question[];
  /** The first call after the batch. */
  next: number;
}

function nextBatch(run: Run, offered: OfferedTool[], step: StepState, from: number): Batch {
  const batch: Batch = { replies: [], calls: [], questions: [], next: from };
  for (; batch.next < step.answer.toolCalls.length; batch.next += 1) {
    const at = batch.next;
    if (step.results.has(at)) continue;
    const plan = planCall(run, offered, step, at);
    const begun = batch.calls.length + batch.questions.length > 0;
    if (plan.do === 'reply') {
      batch.replies.push({ at, plan });
      continue;
    }
    if (begun && !readsOnly(plan)) return batch;
    if (plan.do === 'ask') batch.questions.push(plan);
    else batch.calls.push(plan);
    if (readsOnly(plan)) continue;
    batch.next += 1;
    return batch;
  }
  return batch;
}

function readsOnly(plan: Plan): boolean {
  return plan.do === 'call' ? plan.tool.readOnly : plan.do === 'ask' && plan.readOnly;
}

/** Makes the calls, unless others of the batch wait for a human. Returns questions about unknown outcomes. */
async function callAll(run: Run, step: StepState, calls: ReadyCall[], waiting: boolean): Promise<Question[]> {
  if (waiting || calls.length === 0) return [];
  // Intents that stand already are those of a worker that died: its calls may have been made.
  const repeated = new Set(calls.filter((call) => step.intents.has(call.at)));
  for (const call of calls) {
    const intent = step.intents.get(call.at);
    // One of the run that this one replays becomes its own when the call is made here.
    if (!intent || step.answer.step < run.state.replayedSteps) {
      run.recorder.record(intent ?? intentOf(run.id, call.tool, step, call.at));
    }
  }
  await run.recorder.flush();
  const questions = await Promise.all(calls.map((call) => callOne(run, step, call, repeated.has(call))));
  run.signals.any.throwIfAborted();
  return questions.filter((question) => question !== undefined);
}

async function callOne(run: Run, step: StepState, call: ReadyCall, repeated: boolean): Promise<Question | undefined> {
  const intent = step.intents.get(call.at);
  if (!intent) throw new Error('a call is made only after its intent is stored');
  const { toolbox, redis } = run.parts;
  const result = await toolbox.call({
    runId: run.id,
    caller: run.state.request.caller,
    tool: call.tool,
    arguments: call.args,
    idempotencyKey: intent.idempotencyKey,
    repeated,
    ...(call.approved === undefined ? {} : { approvedArguments: call.approved }),
    signal: intent.repeatable ? run.signals.any : run.signals.essential,
    onProgress: (message) => {
      const place = { epoch: run.epoch, step: step.answer.step, call: call.at };
      publishLive(redis, run.id, { type: 'tool-progress', ...place, message }).catch(() => undefined);
    },
  });
  // Cut off by a restart alone: the next worker makes the call with the same key.
  if (intent.repeatable && result.outcome !== 'ok' && run.signals.any.reason instanceof ShuttingDown) return undefined;
  // Of what an earlier try has done, one that was not made knows nothing: not that it "was not called" either.
  const unclear = repeated && !call.tool.readOnly && unmade(result);
  if ((unclear || result.outcome === 'interrupted') && !intent.repeatable && !run.signals.essential.aborted) {
    const plan = outcomeQuestion(run, intent);
    if (plan.do === 'ask') return plan;
    if (plan.do === 'reply') finish(run, step, call.at, plan, result.durationMs);
  } else if (unclear) {
    finish(run, step, call.at, notRepeated(intent), result.durationMs);
  } else {
    finish(
      run,
      step,
      call.at,
      { ...result, domain: call.tool.domain, outside: call.tool.openWorld },
      result.durationMs,
    );
  }
  run.recorder.store();
  return undefined;
}

function unmade({ outcome, unmade }: ToolCallOutcome): boolean {
  return unmade === true || outcome === 'refused' || outcome === 'stopped';
}

type Result = Pick<ToolCallOutcome, 'outcome' | 'content' | 'overheadMs'> & {
  domain: string;
  outside?: boolean | undefined;
};

function finish(run: Run, step: StepState, at: number, result: Result, durationMs: number): void {
  run.recorder.record({
    type: 'tool.finished',
    step: step.answer.step,
    call: at,
    tool: step.intents.get(at)?.tool ?? step.answer.toolCalls[at]?.name ?? '',
    domain: result.domain,
    outcome: result.outcome,
    content: result.content,
    durationMs: Math.round(durationMs),
    ...(result.overheadMs === undefined ? {} : { overheadMs: result.overheadMs }),
    ...(result.outside ? { outside: true } : {}),
  });
}

/** Stores the questions. Those that were asked before, by a worker that died, stand already. */
async function ask(run: Run, step: StepState, questions: Question[]): Promise<void> {
  const expiresAt = run.clock() + run.parts.config.APPROVAL_TTL_MS;
  for (const question of questions) {
    if (run.state.approvals.has(question.approval)) continue;
    const { approval, kind, tool, args, why, at } = question;
    run.recorder.record({
      type: 'approval.requested',
      approval,
      step: step.answer.step,
      call: at,
      tool,
      arguments: JSON.stringify(args),
      argumentsHash: argumentsHash(args),
      kind,
      why,
      expiresAt,
    });
    approvalAsked({ tool, kind });
  }
  await run.recorder.flush();
}
