import type { ToolCall } from '#shared/run/journal-entries.ts';
import { hasOpenCalls, type StepState } from '#shared/run/fold/run-state.ts';
import { budgetOf } from '#shared/rights/budget.ts';
import { callerKey } from '#shared/run/request.ts';
import { spentWith } from '#shared/run/usage.ts';
import { limitHit } from '../events.ts';
import { askModel } from './ask-model.ts';
import { askUserName } from '../tools/builtin/ask-user.ts';
import { canAnswer, canBeAsked } from './askable.ts';
import { clientCalls, onlyClientCallsAreOpen } from './client-calls.ts';
import { withDoneSoFar } from './done-so-far.ts';
import { endingNote } from './endings.ts';
import { isAnswer, isCutAsAsked, mustAnswer, type MustAnswer } from './moves.ts';
import type { Offer, OfferedTool } from '../tools/toolbox.ts';
import { hasUnheard, hear } from './hear.ts';
import type { Run } from './held-run.ts';
import { withTableTool } from './table-offer.ts';
import { runTools } from './tool-turn.ts';

/** How the loop ended. `suspended`: a human has been asked. */
export type LoopEnd =
  | { kind: 'answered'; text: string; calls?: ToolCall[] }
  | { kind: 'failed'; reason: string; text: string }
  | { kind: 'suspended' };

/**
 * Goes on with a run from wherever its state stands, until it is answered, has failed or waits for a human. Throws a
 * DragomanError when the model cannot be asked, and the signal's reason when the run is interrupted.
 */
export async function runLoop(run: Run): Promise<LoopEnd> {
  for (;;) {
    run.signals.any.throwIfAborted();
    await hear(run);
    const last = run.state.steps.at(-1);
    const end = last && ending(run, last);
    if (end && !(end.kind === 'answered' && hasUnheard(run))) return end;
    if (last && onlyClientCallsAreOpen(run, last)) {
      return { kind: 'answered', text: last.answer.text, calls: clientCalls(run, last) };
    }
    // Noted before calls as well, which may take long: the caller's other runs look at it.
    const month = await overMonth(run);
    if (last && hasOpenCalls(last)) {
      // Calls are judged by what the model was offered; the toolbox then asks the present policy once more.
      run.offer ??= await currentOffer(run);
      if (!(await runTools(run, last, run.offer))) return { kind: 'suspended' };
      continue;
    }
    const over = overBudget(run) ?? month;
    if (over) {
      limitHit('budget');
      return over;
    }
    const must = mustAnswerAfter(run, run.state.steps.length);
    if (must && must.limit !== 'single-shot') limitHit(must.limit);
    run.offer = await currentOffer(run);
    await askModel(run, run.offer, must);
  }
}

/** The run's end, if the newest answer is one. */
function ending(run: Run, last: StepState): LoopEnd | undefined {
  // Whether the newest answer was forced follows from the steps before it, so that a resumed run ends the same way.
  const forced = mustAnswerAfter(run, run.state.steps.length - 1);
  if (isAnswer(last) || isCutAsAsked(run.request, last) || (forced && last.answer.text.trim() !== '')) {
    return { kind: 'answered', text: last.answer.text + endingNote(last.answer) };
  }
  return forced ? { kind: 'failed', reason: forced.limit, text: withDoneSoFar(run.state, forced.failure) } : undefined;
}

function mustAnswerAfter(run: Run, steps: number): MustAnswer | undefined {
  const { request } = run;
  const maxIterations = request.maxIterations ?? run.parts.config.MAX_ITERATIONS;
  return mustAnswer(run.state.steps.slice(0, steps), { mode: request.mode, maxIterations });
}

/** Offers are the same for many runs, and so is what is made of them. */
const withoutQuestions = {
  answering: new WeakMap<Offer, Offer>(),
  deciding: new WeakMap<Offer, Offer>(),
  silent: new WeakMap<Offer, Offer>(),
};

async function currentOffer(run: Run): Promise<Offer> {
  const { request } = run;
  const { config, toolbox } = run.parts;
  if (!request.tools || !config.ENABLE_TOOLS) return { tools: [], unreachable: [] };
  const offer = withTableTool(await toolbox.offer(request.caller), request.tables !== undefined);
  const asked = canBeAsked(request);
  const answers = canAnswer(request);
  const own = new Set(request.client?.tools?.map(({ name }) => name));
  if (asked && answers && own.size === 0) return offer;
  // A tool that needs an approval is of no use where nobody can give one, and a name can only mean one tool: the one
  // that the program brings.
  const fits = ({ name, permission }: OfferedTool) =>
    !own.has(name) && (asked || permission === 'allow') && (answers || name !== askUserName);
  const kept = withoutQuestions[answers ? 'answering' : asked ? 'deciding' : 'silent'];
  const known = (own.size === 0 ? kept.get(offer) : undefined) ?? {
    ...offer,
    tools: offer.tools.filter(fits),
  };
  if (own.size === 0) kept.set(offer, known);
  return known;
}

function overBudget(run: Run): LoopEnd | undefined {
  const { request } = run;
  const { usage } = run.state;
  const limits = [request.budgetUsd, run.parts.config.RUN_BUDGET_USD].filter((usd) => usd !== undefined);
  const budget = Math.min(...limits);
  if (usage.costUsd < budget) return undefined;
  const text = `This question has used up its budget of $${budget}; it cost $${usage.costUsd.toFixed(4)} so far.`;
  return { kind: 'failed', reason: 'budget', text: withDoneSoFar(run.state, text) };
}

/**
 * The run's end where the caller's month is used up, with what their other runs have cost so far: each run looks before
 * it asks the model, so that many at once go over by one answer each at most.
 */
async function overMonth(run: Run): Promise<LoopEnd | undefined> {
  const { request, parts } = run;
  const { monthUsd } = request;
  const limitUsd = budgetOf(parts.policy, {
    ...request.caller,
    ...(monthUsd !== undefined && { budgetUsd: monthUsd }),
  });
  if (limitUsd === undefined) return undefined;
  const { costUsd } = run.state.usage;
  const spent = await spentWith(parts.redis, callerKey(request.caller), { id: run.id, costUsd });
  if (spent < limitUsd) return undefined;
  const text = `The budget for this month, $${limitUsd}, is used up.`;
  return { kind: 'failed', reason: 'budget', text: withDoneSoFar(run.state, text) };
}
