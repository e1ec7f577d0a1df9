import { argumentsHash } from '#shared/run/arguments-hash.ts';
import { publishLive } from '#shared/run/live.ts';
import type { CallState, StepState } from '#shared/run/fold/run-state.ts';
import { isClientCall } from './client-calls.ts';
import { approvalAsked } from '../events.ts';
import type { Offer, OfferedTool, ToolCallOutcome } from '../tools/toolbox.ts';
import { intentOf } from './intent.ts';
import { ShuttingDown } from './interrupts.ts';
import type { Plan, Question, ReadyCall, Reply } from './plan.ts';
import { planCall } from './plan-call.ts';
import { notRepeated, outcomeQuestion } from './plan-outcome.ts';
import type { Run } from './held-run.ts';

/**
 * Runs what is left of a step's tool calls: neighbours that only read run side by side, everything else in order.
 * Returns false when a human has to be asked first; the question is stored then. Throws the signal's reason when the
 * run is interrupted.
 */
export async function runTools(run: Run, step: StepState, offer: Offer): Promise<boolean> {
  for (let at = 0; at < step.calls.length;) {
    run.signals.any.throwIfAborted();
    const batch = nextBatch(run, offer.tools, step, at);
    at = batch.next;
    for (const { call, plan } of batch.replies) finish(run, call, plan, 0);
    const questions = [...batch.questions, ...(await callAll(run, batch.calls, batch.questions.length > 0))];
    if (questions.length === 0) continue;
    await ask(run, questions);
    return false;
  }
  return true;
}

interface Batch {
  replies: { call: CallState; plan: Reply }[];
  calls: ReadyCall[];
  questions: Question[];
  /** Index of the first call after the batch. */
  next: number;
}

function nextBatch(run: Run, offered: OfferedTool[], step: StepState, from: number): Batch {
  const batch: Batch = { replies: [], calls: [], questions: [], next: from };
  const planned = new Map<CallState, string>();
  for (const call of step.calls.slice(from)) {
    batch.next = call.call;
    // The program that asked makes its own calls, after the end of the run.
    if (call.result || isClientCall(run, call)) continue;
    const plan = planCall(run, offered, call, planned);
    if (plan.do === 'reply') {
      batch.replies.push({ call, plan });
      continue;
    }
    if (planned.size > 0 && !mayJoin(plan, batch)) return batch;
    planned.set(call, plan.do === 'ask' ? plan.tool : plan.tool.name);
    if (plan.do === 'ask') batch.questions.push(plan);
    else batch.calls.push(plan);
    if (readsOnly(plan)) continue;
    batch.next += 1;
    return batch;
  }
  batch.next = step.calls.length;
  return batch;
}

/** Whether a call may run beside those of the batch: what keeps a state for the run does one thing after the other. */
function mayJoin(plan: Plan, batch: Batch): boolean {
  if (!readsOnly(plan)) return false;
  if (plan.do !== 'call' || plan.tool.stateful !== true) return true;
  return !batch.calls.some(({ tool }) => tool.domain === plan.tool.domain);
}

function readsOnly(plan: Plan): boolean {
  return plan.do === 'call' ? plan.tool.readOnly : plan.do === 'ask' && plan.readOnly;
}

/** Makes the calls, unless others of the batch wait for a human. Returns questions about unknown outcomes. */
async function callAll(run: Run, calls: ReadyCall[], waiting: boolean): Promise<Question[]> {
  if (waiting || calls.length === 0) return [];
  // An intent that is stored already comes from a worker that died, so its call may have been made.
  const repeated = new Set(calls.filter(({ call }) => call.intent));
  for (const { call, tool } of calls) {
    // An intent that was copied from the replayed run becomes this run's own when the call is made here.
    if (!call.intent || call.step < run.state.replayedSteps) {
      run.recorder.record(call.intent ?? intentOf(run.id, tool, call));
    }
  }
  await run.recorder.flush();
  const questions = await Promise.all(calls.map((ready) => callOne(run, ready, repeated.has(ready))));
  run.signals.any.throwIfAborted();
  return questions.filter((question) => question !== undefined);
}

async function callOne(run: Run, ready: ReadyCall, repeated: boolean): Promise<Question | undefined> {
  const { call, tool, args, approved } = ready;
  const { intent } = call;
  if (!intent) throw new Error('a call is made only after its intent is stored');
  const { toolbox, redis } = run.parts;
  const result = await toolbox.call({
    runId: run.id,
    caller: run.request.caller,
    tool,
    arguments: args,
    idempotencyKey: intent.idempotencyKey,
    repeated,
    outside: run.state.outside,
    ...(approved === undefined ? {} : { approvedArguments: approved }),
    signal: intent.repeatable ? run.signals.any : run.signals.essential,
    onProgress: (message) => {
      const place = { epoch: run.epoch, step: call.step, call: call.call };
      publishLive(redis, run.id, { type: 'tool-progress', ...place, message }).catch(() => undefined);
    },
  });
  // Only a restart cut the call off, so the next worker makes it with the same key.
  if (intent.repeatable && result.outcome !== 'ok' && run.signals.any.reason instanceof ShuttingDown) return undefined;
  // A try that was not made knows nothing of what an earlier try has done, so "it was not called" may be false.
  const unclear = repeated && !tool.readOnly && unmade(result);
  if ((unclear || result.outcome === 'interrupted') && !intent.repeatable && !run.signals.essential.aborted) {
    const plan = outcomeQuestion(run, intent);
    if (plan.do === 'ask') return plan;
    if (plan.do === 'reply') finish(run, call, plan, result.durationMs);
  } else if (unclear) {
    finish(run, call, notRepeated(intent), result.durationMs);
  } else {
    finish(run, call, { ...result, domain: tool.domain, outside: tool.openWorld }, result.durationMs);
  }
  run.recorder.store();
  return undefined;
}

function unmade({ outcome, unmade }: ToolCallOutcome): boolean {
  return unmade === true || outcome === 'refused' || outcome === 'stopped';
}

type Result = Pick<ToolCallOutcome, 'outcome' | 'content' | 'pictures' | 'size' | 'overheadMs'> & {
  domain: string;
  outside?: boolean | undefined;
  found?: string[];
};

function finish(run: Run, { step, call, tool }: CallState, result: Result, durationMs: number): void {
  run.recorder.record({
    type: 'tool.finished',
    step,
    call,
    tool,
    domain: result.domain,
    outcome: result.outcome,
    content: result.content,
    ...(result.pictures && { pictures: result.pictures }),
    ...(result.size && { size: result.size }),
    durationMs: Math.round(durationMs),
    ...(result.overheadMs === undefined ? {} : { overheadMs: result.overheadMs }),
    ...(result.outside ? { outside: true } : {}),
    ...(result.found && result.found.length > 0 && { found: result.found }),
  });
}

/** Stores the questions. Those that an earlier worker has asked, which then died, are stored already. */
async function ask(run: Run, questions: Question[]): Promise<void> {
  const expiresAt = run.clock() + run.parts.config.APPROVAL_TTL_MS;
  for (const question of questions) {
    if (run.state.approvals.has(question.approval) || run.state.questions.has(question.approval)) continue;
    const { approval, kind, tool, args, why, place, choices = [] } = question;
    if (kind === 'ask-user') {
      run.recorder.record({
        type: 'question.asked',
        question: approval,
        step: place.step,
        call: place.call,
        text: why,
        ...(choices.length > 0 && { choices }),
        expiresAt,
      });
      continue;
    }
    run.recorder.record({
      type: 'approval.requested',
      approval,
      step: place.step,
      call: place.call,
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
