import type { RunEvent } from '../follower.ts';
import type { LiveEvent } from '../live.ts';
import { withoutContent } from '../apart.ts';
import { entryTime } from '../journal.ts';
import { beginEpoch, foldEntry } from './fold.ts';
import { callName, type RunState } from './run-state.ts';

/**
 * Takes in one event of a followed run, in place. Tool results are left out: a follower of many runs must not hold
 * them. Returns false for an event that adds nothing: late text, or text of a worker that has lost the run.
 */
export function foldEvent(state: RunState, event: RunEvent): boolean {
  if (event.kind === 'live') return foldLive(state, event.event);
  foldEntry(state, withoutContent(event.entry), entryTime(event.id));
  return true;
}

function foldLive(state: RunState, event: LiveEvent): boolean {
  if (event.epoch < state.epoch) return false;
  // A new worker's text may be heard before its claim is read.
  beginEpoch(state, event.epoch);
  if (event.type === 'tool-progress') {
    const call = state.calls.get(callName(event));
    if (!call || call.result) return false;
    call.progress = event.message;
    return true;
  }
  if (event.step <= (state.steps.at(-1)?.answer.step ?? -1)) return false;
  if (event.attempt !== undefined && event.attempt !== (state.failures?.count ?? 0)) return false;
  const known = state.live?.step === event.step ? state.live.text.length : 0;
  // A piece is missing before it; the whole text comes with the journal.
  if (event.at !== undefined && event.at !== known) return false;
  if (state.live?.step === event.step) state.live.text += event.text;
  else state.live = { step: event.step, text: event.text };
  return true;
}
