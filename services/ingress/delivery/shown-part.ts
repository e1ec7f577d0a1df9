import type { MessageBody } from '../discord/api.ts';

/** One message as it should stand. */
export interface ShownPart {
  /** `0`, `1` … for the answer, `approval:<id>` and `question:<id>` for cards, `moved` for why it comes by direct message. */
  name: string;
  body: MessageBody;
  /** What it replies to: the question, or the part before it. */
  replyTo: 'question' | 'previous';
}

/** Whether it is a message of the answer, and no card or notice. */
export function isAnswerPart(name: string): boolean {
  return /^\d+$/.test(name);
}
