import { GOES_ON, readQuestion, readQuestions, type Question } from './question.ts';
import type { Message } from './request.ts';
import { readResults, type Result } from './results.ts';

export interface Conversation {
  /** What is asked now; a message may ask several things, each in a paragraph of its own. */
  questions: Question[];
  /** The question before it. */
  before: Question | undefined;
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
  const earlier = messages.slice(0, Math.max(at, 0)).findLast((message) => message.role === 'user');
  const before = earlier && readQuestion(earlier.content);
  return {
    questions: readQuestions(messages[at]?.content ?? '').map((question) => goingOn(question, before)),
    before,
    results: readResults(messages.slice(at + 1)),
    isFirst: !answered,
    toldToAnswer,
  };
}

/** "And in London?" after a question about another place's time asks for the time there. */
function goingOn(question: Question, before: Question | undefined): Question {
  const wasTime = /\b(?:time|clock|late|date|day)\b/i.test(before?.text ?? '');
  if (!wasTime || question.timeZone === undefined || !GOES_ON.test(question.text)) return question;
  return { ...question, text: `What time is it ${question.text.replace(GOES_ON, '').trim()}` };
}
