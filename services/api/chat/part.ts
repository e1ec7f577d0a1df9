import { foldJournal } from '#shared/run/fold/fold.ts';
import type { RunState } from '#shared/run/fold/run-state.ts';
import { addUsage, noUsage, type Usage } from '#shared/run/request.ts';
import type { Api } from '../api.ts';
import { noteText } from '../answer/note.ts';
import { outcomeOf, type Outcome } from '../answer/outcome.ts';
import { createSegments } from '../answer/segments.ts';
import { watchAnswer, type AnswerEvent } from '../answer/watch.ts';

/** The part of a run that one completion shows. */
export interface Part {
  runId: string;
  /** A run that asks humans has several parts; each begins with their decisions. */
  segment: number;
  /** Whether questions to humans end it, and are told in words. */
  notes: boolean;
  /** Whether it is known that the run stands still before the next part, so that the note is all there is to show. */
  waits?: boolean;
}

/** The last event of a part, instead of the run's end: it waits for somebody. */
export interface Waiting {
  type: 'waiting';
  note: string;
  state: RunState;
}

/** Follows a run through one of its parts. Ends early only when `signal` aborts. */
export async function* watchPart(api: Api, part: Part, signal: AbortSignal): AsyncGenerator<AnswerEvent | Waiting> {
  const { runId, segment, notes, waits } = part;
  if (waits === true) {
    const waiting = await waitingOf(api, runId);
    if (waiting) return yield waiting;
  }
  const segments = createSegments();
  for await (const event of watchAnswer(api.follower, runId, signal)) {
    if (event.type === 'asked' || event.type === 'decided') segments.take(event.approval);
    if (segments.number < segment) continue;
    yield event;
    if (event.type !== 'asked' || !notes) continue;
    const waiting = await waitingOf(api, runId);
    if (waiting) return yield waiting;
  }
}

/** All questions of a step are stored at once, so that one look finds them. */
async function waitingOf(api: Api, runId: string): Promise<Waiting | undefined> {
  const state = foldJournal(await api.runs.journal(runId));
  const open = [...state.approvals.values()].filter(({ decided }) => !decided);
  if (open.length === 0) return undefined;
  const questions = open.map(({ requested }) => requested);
  return { type: 'waiting', note: noteText(runId, questions), state };
}

/** What a part has brought, in the way of a run's outcome. Throws ApiError for a run that has failed. */
export function partOutcome(end: Waiting | Extract<AnswerEvent, { type: 'ended' }>, part: Part): Outcome {
  const { state } = end;
  if (end.type === 'ended') {
    const outcome = outcomeOf(end.ended, state);
    return part.segment === 0 ? outcome : { ...outcome, usage: usageAfter(state, part.segment) };
  }
  const text =
    part.waits === true ? end.note : [state.steps.at(-1)?.answer.text ?? '', end.note].filter(Boolean).join('\n\n');
  const usage = part.waits === true ? noUsage : usageAfter(state, part.segment);
  return { text, calls: [], finish: 'stop', usage, models: [...state.models] };
}

/** What the answers of a part and of those behind it have used. Each part begins behind the answer that asked. */
function usageAfter(state: RunState, segment: number): Usage {
  const asking = [...new Set([...state.approvals.values()].map(({ requested }) => requested.step))];
  const first = segment === 0 ? 0 : (asking[segment - 1] ?? 0) + 1;
  return state.steps.slice(first).reduce((sum, { answer }) => addUsage(sum, answer.usage), noUsage);
}
