import type { EntryOf } from '#shared/run/journal-entries.ts';
import type { RunState } from '#shared/run/fold/run-state.ts';
import { failureOf, finishOf } from '../answer/outcome.ts';

/** How a response ends. */
export interface Ending {
  event: 'response.completed' | 'response.incomplete' | 'response.failed';
  status: 'completed' | 'incomplete' | 'failed' | 'cancelled';
  /** Milliseconds since the epoch. */
  at: number;
  reason?: 'max_output_tokens' | 'content_filter';
  error?: { code: string; message: string };
}

/** The protocol has no event for a cancelled response, so that one ends as a failed one does, with its own status. */
export function endingOf(ended: EntryOf<'run.ended'>, state: RunState, at: number): Ending {
  if (ended.outcome === 'answered') {
    const finish = finishOf(state.steps.at(-1)?.answer);
    if (finish === 'stop') return { event: 'response.completed', status: 'completed', at };
    const reason = finish === 'length' ? 'max_output_tokens' : finish;
    return { event: 'response.incomplete', status: 'incomplete', at, reason };
  }
  const { message, code } = failureOf(ended, 'input').body.error;
  const status = ended.outcome === 'stopped' ? 'cancelled' : 'failed';
  return { event: 'response.failed', status, at, error: { code: code ?? 'server_error', message } };
}
