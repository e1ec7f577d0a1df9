import type { RunEvent } from '#shared/run/follower.ts';
import type { EntryOf, JournalEntry } from '#shared/run/journal-entries.ts';
import { callName, type RunState } from '#shared/run/fold/run-state.ts';

/** What a terminal shows of a run; whatever a crash made void is already taken out. */
export type TranscriptEvent =
  /** More text of the present step. */
  | { type: 'text'; text: string }
  /** The text of the present step so far is void: another worker asks the model again. */
  | { type: 'text-void' }
  /** The step's text is complete; calls follow, or the end. */
  | { type: 'text-end'; calls: number }
  | { type: 'tool-started'; key: string; tool: string; arguments: string }
  | { type: 'tool-progress'; key: string; message: string }
  | { type: 'tool-finished'; key: string; entry: EntryOf<'tool.finished'> }
  /** The worker is gone, and another one goes on. */
  | { type: 'taken-over' }
  | { type: 'entry'; entry: OtherEntry };

export type OtherEntry = Exclude<
  JournalEntry,
  { type: 'model.answered' | 'tool.intended' | 'tool.finished' | 'run.claimed' }
>;

/**
 * Turns a run's events into what is shown. `state` is the run after the event. Live text of dead workers is made void,
 * and the journal's full text completes live text that got lost.
 */
export function createTranscript(): (event: RunEvent, state: RunState) => TranscriptEvent[] {
  /** The text of the present step that is on the screen. */
  let shown = '';
  let waiting = false;

  /** The events that lead from the text on the screen to this one. */
  function textTo(text: string): TranscriptEvent[] {
    const out: TranscriptEvent[] = [];
    if (!text.startsWith(shown)) {
      out.push({ type: 'text-void' });
      shown = '';
    }
    if (text !== shown) out.push({ type: 'text', text: text.slice(shown.length) });
    shown = text;
    return out;
  }

  function stepEnd({ text, toolCalls }: EntryOf<'model.answered'>): TranscriptEvent[] {
    const rest = textTo(text);
    shown = '';
    return [...rest, { type: 'text-end', calls: toolCalls.length }];
  }

  function entryShown(entry: Exclude<JournalEntry, { type: 'model.answered' }>): TranscriptEvent[] {
    const key = 'call' in entry ? callName(entry) : '';
    switch (entry.type) {
      case 'tool.intended':
        return [{ type: 'tool-started', key, tool: entry.tool, arguments: entry.arguments }];
      case 'tool.finished':
        return [{ type: 'tool-finished', key, entry }];
      case 'run.claimed': {
        // After a human's decision any worker may go on with the run, so this is not worth mentioning.
        const told = entry.epoch > 1 && !waiting;
        waiting = false;
        return told ? [{ type: 'taken-over' }] : [];
      }
      case 'approval.requested':
      case 'question.asked':
        waiting = true;
        return [{ type: 'entry', entry }];
      default:
        return [{ type: 'entry', entry }];
    }
  }

  return (event, state) => {
    if (event.kind === 'entry') {
      const { entry } = event;
      if (entry.type === 'model.answered') return stepEnd(entry);
      return [...textTo(state.live?.text ?? ''), ...entryShown(entry)];
    }
    const text = textTo(state.live?.text ?? '');
    if (event.event.type === 'text') return text;
    return [...text, { type: 'tool-progress', key: callName(event.event), message: event.event.message }];
  };
}
