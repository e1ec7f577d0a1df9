import type { RunMode, RunRequest } from '#shared/run/request.ts';
import type { StepState } from '#shared/run/fold/run-state.ts';
import { askUserName } from '../tools/builtin/ask-user.ts';
import { findToolsName } from '../tools/offering/find-tools.ts';

/** How often in a row the model may call what cannot be called, or say nothing, before it has to answer. */
const patience = 3;

export interface MoveLimits {
  mode: RunMode;
  /** Turns of the model with tools. */
  maxIterations: number;
}

export interface MustAnswer {
  limit: 'single-shot' | 'iterations' | 'useless-calls' | 'empty-answers';
  /** What the model is told. */
  why: string;
  /** What the person is told when the model does not answer even then. */
  failure: string;
}

/** Why the model may call no further tool after these steps; undefined while it may. */
export function mustAnswer(steps: StepState[], limits: MoveLimits): MustAnswer | undefined {
  const rounds = steps.filter((step) => step.answer.toolCalls.length > 0).length;
  if (limits.mode === 'single-shot' && steps.some(usesTools)) {
    return {
      limit: 'single-shot',
      why: 'Answer now with what the tools brought; there are no further tool calls.',
      failure: 'The model gave no answer after its one round of tools.',
    };
  }
  if (rounds >= limits.maxIterations) {
    return {
      limit: 'iterations',
      why: 'The limit of tool rounds is reached. Answer now with what you have, and say what is missing.',
      failure: `The model was not done after ${rounds} rounds of tools and gave no answer.`,
    };
  }
  if (endsWith(steps, isUseless)) {
    return {
      limit: 'useless-calls',
      why: 'None of your last tool calls could be run. Answer now without tools, and say what you could not find out.',
      failure: 'The model kept making tool calls that cannot be run and gave no answer.',
    };
  }
  if (!endsWith(steps, saysNothing)) return undefined;
  return {
    limit: 'empty-answers',
    why: 'Answer now, in words.',
    failure: 'The model gave no answer.',
  };
}

/** True for an answer with calls of tools, not only searches for tools and questions to the person. */
function usesTools({ answer }: StepState): boolean {
  return answer.toolCalls.some(({ name }) => name !== findToolsName && name !== askUserName);
}

function endsWith(steps: StepState[], matches: (step: StepState) => boolean): boolean {
  return steps.length >= patience && steps.slice(-patience).every(matches);
}

/** True for an answer in words, which ends the run; not when tool calls that it had were lost on their way. */
export function isAnswer({ answer }: StepState): boolean {
  return answer.toolCalls.length === 0 && answer.text.trim() !== '' && answer.ending !== 'lost-calls';
}

/** True for an answer that ended, perhaps before its first word, at the limit that the program set for it. */
export function isCutAsAsked({ client }: Pick<RunRequest, 'client'>, { answer }: StepState): boolean {
  const { max_tokens, max_completion_tokens } = client?.parameters ?? {};
  const isLimited = max_tokens !== undefined || max_completion_tokens !== undefined;
  return isLimited && answer.ending === 'cut' && answer.toolCalls.length === 0;
}

/** True for an answer without words and without calls, or one whose calls were lost. */
function saysNothing(step: StepState): boolean {
  return step.answer.toolCalls.length === 0 && !isAnswer(step);
}

/** True when no call of the step reached a tool: results that the loop itself makes have no domain. */
function isUseless(step: StepState): boolean {
  return step.answer.toolCalls.length > 0 && step.calls.every(({ result }) => (result?.domain ?? '') === '');
}
