import type { RunState } from '#shared/run/fold/run-state.ts';
import type { EntryOf, ToolCall } from '#shared/run/journal-entries.ts';
import type { Usage } from '#shared/run/request.ts';
import { ApiError } from '../http/errors.ts';

/** A run's answer. */
export interface Outcome {
  text: string;
  /** Calls of the client's own tools. */
  calls: ToolCall[];
  finish: 'stop' | 'length' | 'content_filter' | 'tool_calls';
  usage: Usage;
  /** The models that answered. */
  models: string[];
}

/** What a run that has ended brought. Throws ApiError, with a status that fits, when it brought no answer. */
export function outcomeOf(ended: EntryOf<'run.ended'>, state: RunState): Outcome {
  if (ended.outcome !== 'answered') throw failureOf(ended, 'messages');
  const last = state.steps.at(-1)?.answer;
  const calls = ended.calls ?? [];
  return {
    // The journal's end may carry a note for people; a program reads the reason instead.
    text: last?.text ?? ended.text,
    calls,
    finish: calls.length > 0 ? 'tool_calls' : finishOf(last),
    usage: ended.usage,
    models: ended.models,
  };
}

/** How the last answer ended; Responses have the same two reasons for one that is not whole. */
export function finishOf(last: EntryOf<'model.answered'> | undefined): Exclude<Outcome['finish'], 'tool_calls'> {
  if (last?.ending === 'cut') return 'length';
  if (last?.ending === 'filtered') return 'content_filter';
  // Older entries have only the provider's word.
  return last?.finishReason === 'length' || last?.finishReason === 'content_filter' ? last.finishReason : 'stop';
}

/**
 * The answer as people read it, for a protocol that has no other place to say that it was cut. Throws ApiError as
 * `outcomeOf` does.
 */
export function textFor(ended: EntryOf<'run.ended'>): string {
  if (ended.outcome !== 'answered') throw failureOf(ended, 'message');
  return ended.text;
}

/** Why a run failed, in OpenAI's shape. The text of its end is for people. `asked`: the member that held the question. */
export function failureOf({ outcome, reason = 'failed', text }: EntryOf<'run.ended'>, asked: string): ApiError {
  const code = reason.replaceAll('-', '_');
  if (outcome === 'stopped') return new ApiError(409, text, { code: 'run_stopped' });
  switch (reason) {
    case 'context-too-long':
      return new ApiError(400, text, { param: asked, code: 'context_length_exceeded' });
    // To ask the same again would bring the same.
    case 'bad-request':
    case 'refused-content':
      return new ApiError(400, text, { code });
    case 'budget':
      return new ApiError(429, text, { type: 'insufficient_quota', code: 'insufficient_quota' });
    case 'deadline':
      return new ApiError(504, text, { code });
    case 'internal':
    case 'poison':
      return new ApiError(500, text, { code });
    default:
      return new ApiError(502, text, { code });
  }
}
