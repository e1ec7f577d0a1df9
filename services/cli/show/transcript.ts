import type { RunEvent } from '#shared/follower.ts';
import type { EntryOf, JournalEntry } from '#shared/journal-entries.ts';

/** What a terminal shows of a run, with everything that a crash made void already taken out. */
export type TranscriptEvent =
  /** More of the text of the present step. */
  | { type: 'text'; text: string }
  /** The text of the present step so far is void: another worker asks again. */
  | { type: 'text-void' }
  /** The step's text is complete; calls follow, or the end. */
  | { type: 'text-end'; calls: number }
  | { type: 'tool-started'; key: string; tool: string; arguments: string }
  | { type: 'tool-progress'; key: string; message: string }
  | { type: 'tool-finished'; key: string; entry: EntryOf<'tool.finished'> }
  /** The worker is gone; another one goes on. */
  | { type: 'taken-over' }
  | { type: 'entry'; entry: OtherEntry };

export type OtherEntry = Exclude<
  JournalEntry,
  { type: 'model.answered' | 'tool.intended' | 'tool.finished' | 'run.claimed' }
>;

/**
 * Turns a run's events into what is shown: live text of dead workers is dropped, and the journal's full text completes
 * what of the live text got lost.
 */
export function createTranscript(): (event: RunEvent) => TranscriptEvent[] {
  let epoch = 0;
  let step = 0;
  let shown = '';
  let waiting = false;

  function voidText(): TranscriptEvent[] {
    if (shown === '') return [];
    shown = '';
    return [{ type: 'text-void' }];
  }

  function live(event: Extract<RunEvent, { kind: 'live' }>['event']): TranscriptEvent[] {
    if (event.epoch < epoch || event.step < step) return [];
    const out: TranscriptEvent[] = [];
    if (event.epoch > epoch) {
      epoch = event.epoch;
      out.push(...voidText());
    }
    if (event.type === 'tool-progress') {
      return [...out, { type: 'tool-progress', key: `${event.step}:${event.call}`, message: event.message }];
    }
    shown += event.text;
    return [...out, { type: 'text', text: event.text }];
  }

  function answered(entry: EntryOf<'model.answered'>): TranscriptEvent[] {
    const out: TranscriptEvent[] = [];
    // The live text may have gaps; where it is no beginning of the whole, the whole replaces it.
    if (!entry.text.startsWith(shown)) out.push(...voidText());
    const rest = entry.text.slice(shown.length);
    if (rest !== '') out.push({ type: 'text', text: rest });
    shown = '';
    step = entry.step + 1;
    return [...out, { type: 'text-end', calls: entry.toolCalls.length }];
  }

  return (event) => {
    if (event.kind === 'live') return live(event.event);
    const { entry } = event;
    switch (entry.type) {
      case 'model.answered':
        return answered(entry);
      case 'tool.intended':
        return [
          { type: 'tool-started', key: `${entry.step}:${entry.call}`, tool: entry.tool, arguments: entry.arguments },
        ];
      case 'tool.finished':
        return [{ type: 'tool-finished', key: `${entry.step}:${entry.call}`, entry }];
      case 'run.claimed': {
        const out: TranscriptEvent[] = entry.epoch > epoch ? voidText() : [];
        epoch = Math.max(epoch, entry.epoch);
        // After a human's decision the run goes on wherever there is room: no reason to mention it.
        if (entry.epoch > 1 && !waiting) out.push({ type: 'taken-over' });
        waiting = false;
        return out;
      }
      case 'approval.requested':
        waiting = true;
        return [{ type: 'entry', entry }];
      default:
        return [{ type: 'entry', entry }];
    }
  };
}
