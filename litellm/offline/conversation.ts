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

/** What the worker says below an earlier question of the calls that were made for it. */
const CALLED = /\n\n\[For this you called, in short:\n[\s\S]*\]$/;

/** The open question of a conversation, and what has been found out about it. */
export function readConversation(messages: readonly Message[]): Conversation {
  const last = messages.findLastIndex((message) => message.role === 'user');
  // A user's message right after results is an instruction of the caller to the model, not a new question.
  const toldToAnswer = last > 0 && messages[last - 1]!.role === 'tool';
  const at = toldToAnswer ? messages.findLastIndex((message, index) => message.role === 'user' && index < last) : last;
  const answered = messages
    .slice(0, Math.max(at, 0))
    .some((message) => message.role === 'assistant' && message.content !== '');
  const asked = messages.slice(0, Math.max(at, 0)).filter((message) => message.role === 'user');
  const before = questionBefore(asked.map(({ content }) => content.replace(CALLED, '')));
  return {
    questions: readQuestions(messages[at]?.content ?? '').map((question) => goingOn(question, before)),
    before,
    results: readResults(messages.slice(at + 1)),
    isFirst: !answered,
    toldToAnswer,
  };
}

/** How many questions that go on from each other are looked back at. */
const longestChain = 5;

/** The last of earlier questions, with that from which it goes on itself. */
function questionBefore(asked: readonly string[], left = longestChain): Question | undefined {
  const last = asked.at(-1);
  if (last === undefined) return undefined;
  const question = readQuestion(last);
  const before = left > 0 && GOES_ON.test(question.text) ? questionBefore(asked.slice(0, -1), left - 1) : undefined;
  return { ...goingOn(question, before), ...(before && { before }) };
}

/** "And in London?" after a question about another place's time asks for the time there. */
function goingOn(question: Question, before: Question | undefined): Question {
  const wasTime = /\b(?:time|clock|late|date|day)\b/i.test(before?.text ?? '');
  if (!wasTime || question.timeZone === undefined || !GOES_ON.test(question.text)) return question;
  return { ...question, text: `What time is it ${question.text.replace(GOES_ON, '').trim()}` };
}
