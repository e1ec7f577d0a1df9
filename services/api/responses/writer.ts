import { foldEvent } from '#shared/run/fold/follow.ts';
import { createRunState, hasOpenCalls, type RunState } from '#shared/run/fold/run-state.ts';
import type { RunEvent } from '#shared/run/follower.ts';
import type { EntryOf, JournalEntry } from '#shared/run/journal-entries.ts';
import { entryTime } from '#shared/run/journal.ts';
import { addUsage, noUsage, type Usage } from '#shared/run/request.ts';
import { noteText } from '../answer/note.ts';
import { createCallWriter } from './call-writer.ts';
import { endingOf, type Ending } from './ending.ts';
import { createOutput, type ResponseEvent } from './output.ts';
import { responseObject, type ResponseView } from './response-object.ts';
import { createSegments } from '../answer/segments.ts';
import { showNote } from './show-note.ts';
import { createTextWriter } from './text-writer.ts';

/**
 * Makes a response's events out of a run's. They follow from the journal alone: live text only brings some of them
 * earlier. So whoever reads the run, whenever, gets the same events under the same numbers.
 */
export interface ResponseWriter {
  /** With these a response begins, before anything is known of its run. */
  taken(): ResponseEvent[];
  /** Takes in one more event of the run. Returns what is to be sent. */
  take(event: RunEvent): ResponseEvent[];
  /** The questions that the run waits with are all there: ends the response, unless it goes on in the background. */
  pause(): ResponseEvent[];
  /** Whether humans have been asked in this response. */
  readonly asks: boolean;
  readonly ended: boolean;
  readonly state: RunState;
  /** The response as it is now. */
  snapshot(): object;
}

export function createResponseWriter(view: ResponseView): ResponseWriter {
  const state = createRunState();
  const output = createOutput();
  const texts = createTextWriter(output, view);
  const calls = createCallWriter(output, view);
  const segments = createSegments();
  /** Those that end this response. */
  const questions: EntryOf<'approval.requested'>[] = [];
  let began = false;
  let usage: Usage = noUsage;
  let lastAt = 0;
  let ending: Ending | undefined;

  const mine = () => view.whole || segments.number === view.segment;
  const object = (status: string) =>
    responseObject(view, {
      status: ending?.status ?? status,
      items: began ? output.items() : [],
      usage: ending ? usage : undefined,
      ending,
    });

  function begin(): void {
    const queued = view.shown.background && view.segment === 0;
    const status = queued ? 'queued' : 'in_progress';
    output.emit({ type: 'response.created', response: object(status) });
    output.emit({ type: `response.${status}`, response: object(status) });
  }

  function end(as: Ending): void {
    ending = as;
    output.emit({ type: as.event, response: object(as.status) });
  }

  function entered(entry: JournalEntry, id: string): void {
    // Questions are stored together, so that what follows them is not of this response any more.
    if (entry.type !== 'approval.requested') pauseHere();
    segments.take(entry);
    if (!mine() || ending) return;
    lastAt = entryTime(id);
    began = true;
    show(entry);
  }

  /** A run that asks humans ends the response, unless it goes on in the background. */
  function pauseHere(): void {
    if (segments.asked && !view.whole && mine() && !ending) {
      if (view.shown.notes) showNote(output, `note_${view.runId}_${view.segment}`, noteText(view.runId, questions));
      end({ event: 'response.completed', status: 'completed', at: lastAt });
    }
  }

  function show(entry: JournalEntry): void {
    switch (entry.type) {
      case 'run.claimed':
        if (view.shown.background && view.segment === 0 && entry.epoch === 1)
          output.emit({ type: 'response.in_progress', response: object('in_progress') });
        return;
      case 'model.answered': {
        usage = addUsage(usage, entry.usage);
        return texts.answered(entry);
      }
      case 'answer.broke-off':
        return texts.brokeOff(entry);
      case 'tool.intended':
      case 'tool.finished':
        return calls.show(entry, state);
      case 'approval.requested':
        questions.push(entry);
        return calls.ask(entry, state);
      case 'run.ended':
        return endRun(entry);
      default:
    }
  }

  function endRun(entry: EntryOf<'run.ended'>): void {
    texts.stop();
    for (const call of entry.calls ?? []) calls.handOver(call, state);
    end(endingOf(entry, state, lastAt));
  }

  /** Text that is being written comes before its entry, but never before what stands before it. */
  function hear(): void {
    if (!state.live || !mine() || ending || segments.asked) return;
    const last = state.steps.at(-1);
    if (state.live.step === state.steps.length && !(last && hasOpenCalls(last))) texts.live(state.live);
  }

  begin();
  return {
    taken: () => output.taken(),
    take(event) {
      if (ending) return [];
      const known = foldEvent(state, event);
      if (known && event.kind === 'entry') entered(event.entry, event.id);
      if (known) hear();
      return output.taken();
    },
    pause() {
      pauseHere();
      return output.taken();
    },
    get asks() {
      return segments.asked && mine();
    },
    get ended() {
      return ending !== undefined;
    },
    state,
    snapshot: () => object(state.epoch === 0 && view.shown.background ? 'queued' : 'in_progress'),
  };
}
