import { readQuestion, type Question } from './question.ts';
import type { Message } from './request.ts';
import { readResults, type Result } from './results.ts';

export interface Conversation {
  question: Question;
  /** The calls that were made for this question. */
  results: Result[];
  /** True when no question has been answered before. */
  isFirst: boolean;
  /** True when a message after the results asks for an answer instead of more calls. */
  toldToAnswer: boolean;
}

/** The open question of a conversation, and what has been found out about it. */
export function readConversation(messages: readonly Message[]): Conversation {
  const last = messages.findLastIndex((message) => message.role === 'user');
  // A user's message right after results is an instruction of the caller to the model, not a new question.
  const toldToAnswer = last > 0 && messages[last - 1]!.role === 'tool';
  const at = toldToAnswer ? messages.findLastIndex((message, index) => message.role === 'user' && index < last) : last;
  const answered = messages
    .slice(0, Math.max(at, 0))
    .some((message) => message.role === 'assistant' && message.content !== '');
  return {
    question: readQuestion(messages[at]?.content ?? ''),
    results: readResults(messages.slice(at + 1)),
    isFirst: !answered,
    toldToAnswer,
  };
}
