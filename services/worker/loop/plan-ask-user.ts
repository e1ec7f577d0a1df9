import type { EntryOf } from '#shared/run/journal-entries.ts';
import type { CallState } from '#shared/run/fold/run-state.ts';
import { askUserName } from '../tools/builtin/ask-user.ts';
import type { Run } from './held-run.ts';
import type { Plan, Reply } from './plan.ts';

/** Questions that one run may ask. */
const mostQuestions = 5;

/** Decides about a call of `ask_user`: asks, waits, or hands the model the answer. */
export function planAskUser(run: Run, call: CallState, args: Record<string, unknown>): Plan {
  const { questions } = run.state;
  const name = `${call.step}-${call.call}-ask`;
  const known = questions.get(name);
  if (known?.answered) return replyOf(known.answered);
  if (run.request.dryRun) return unanswered('Nobody is asked in a dry run.');
  if (!known && questions.size >= mostQuestions) {
    return unanswered(`You have asked ${mostQuestions} times; the user was not asked again.`);
  }
  const choices = Array.isArray(args['choices']) ? [...new Set(args['choices'].map(String))] : [];
  return {
    do: 'ask',
    place: call,
    approval: name,
    kind: 'ask-user',
    tool: askUserName,
    args,
    why: String(args['question']),
    choices,
    readOnly: true,
  };
}

function replyOf({ by, text, none }: EntryOf<'question.answered'>): Reply {
  if (text !== undefined)
    return { do: 'reply', outcome: 'ok', domain: 'builtin', content: `${by || 'The user'} answers: ${text}` };
  return unanswered(none === 'unasked' ? 'Nobody could be asked.' : 'Nobody answered in time.');
}

function unanswered(fact: string): Reply {
  const content = `${fact} Go on with what you have, and say what you took for granted; or say what is missing.`;
  return { do: 'reply', outcome: 'error', domain: 'builtin', content };
}
