import { foldEvent } from '#shared/run/fold/follow.ts';
import { callName, createRunState, type CallState, type RunState } from '#shared/run/fold/run-state.ts';
import type { RunFollower } from '#shared/run/follower.ts';
import type { EntryOf, JournalEntry } from '#shared/run/journal-entries.ts';
import { createTextTracker, type TextEvent } from './text.ts';

/** What a client can be shown of a run while it lasts, in order. */
export type AnswerEvent =
  | TextEvent
  /** A tool is called here, on the server. */
  | { type: 'called'; call: CallState }
  /** `content`: the result as the model sees it, or the beginning of a long one. */
  | { type: 'returned'; call: CallState; outcome: EntryOf<'tool.finished'>['outcome']; content: string }
  | { type: 'asked'; approval: EntryOf<'approval.requested'> }
  | { type: 'decided'; approval: EntryOf<'approval.decided'> }
  /** The model asks the person back. */
  | { type: 'questioned'; question: EntryOf<'question.asked'> }
  | { type: 'replied'; reply: EntryOf<'question.answered'> }
  /** A person said more while the answer was made. */
  | { type: 'steered'; text: string }
  | { type: 'notice'; text: string }
  /** Always the last. */
  | { type: 'ended'; ended: EntryOf<'run.ended'>; state: RunState };

/** Follows a run from its beginning to its end. Ends early only when `signal` aborts. */
export async function* watchAnswer(
  follower: RunFollower,
  runId: string,
  signal: AbortSignal,
): AsyncGenerator<AnswerEvent> {
  const state = createRunState();
  const newText = createTextTracker();
  for await (const event of follower.follow(runId, { signal })) {
    if (!foldEvent(state, event)) continue;
    yield* newText(state);
    if (event.kind === 'entry') yield* eventsOf(event.entry, state);
  }
}

function* eventsOf(entry: JournalEntry, state: RunState): Generator<AnswerEvent> {
  switch (entry.type) {
    case 'tool.intended': {
      const call = state.calls.get(callName(entry));
      if (call) yield { type: 'called', call };
      return;
    }
    case 'tool.finished': {
      const call = state.calls.get(callName(entry));
      if (!call) return;
      // A call that was answered without being made was never announced.
      if (!call.intent) yield { type: 'called', call };
      yield { type: 'returned', call, outcome: entry.outcome, content: entry.content };
      return;
    }
    case 'approval.requested':
      yield { type: 'asked', approval: entry };
      return;
    case 'approval.decided':
      yield { type: 'decided', approval: entry };
      return;
    case 'question.asked':
      yield { type: 'questioned', question: entry };
      return;
    case 'question.answered':
      yield { type: 'replied', reply: entry };
      return;
    case 'steered':
      yield { type: 'steered', text: entry.text };
      return;
    case 'notice':
      yield { type: 'notice', text: entry.text };
      return;
    case 'run.ended':
      yield { type: 'ended', ended: entry, state };
      return;
    default:
  }
}
