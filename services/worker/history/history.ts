import type { TalkMessage, TalkSummary } from '#shared/run/talk-lines.ts';
import type { RunState } from '#shared/run/fold/run-state.ts';
import { callerKey, type RunRequest } from '#shared/run/request.ts';
import { shortResults } from './short-results.ts';

/** One message of a conversation as it goes to the model. */
export type HistoryLine = TalkMessage;

/** The earlier conversation, cut to what there is room for. */
export interface History {
  /** What a model has made of the messages before. */
  summary: TalkSummary | undefined;
  lines: HistoryLine[];
  /** How many messages before them are neither in `lines` nor in the summary. */
  leftOut: number;
}

export const noHistory: History = { summary: undefined, lines: [], leftOut: 0 };

/**
 * The lines that an answered run adds to its conversation. None where the door brings the context itself: then the
 * door's side keeps the conversation.
 */
export function newLines(request: RunRequest, state: RunState, answer: string, at: number): string[] {
  if (request.context || request.client?.messages) return [];
  const origin = { run: request.id, by: callerKey(request.caller), at };
  const asked: TalkMessage = { role: 'user', content: request.text, ...origin };
  if (request.caller.name !== '') asked.name = request.caller.name;
  const tools = shortResults(state);
  const answered: TalkMessage = { role: 'assistant', content: answer, ...(tools.length > 0 && { tools }), ...origin };
  if (state.outside) answered.outside = true;
  return [JSON.stringify(asked), JSON.stringify(answered)];
}
