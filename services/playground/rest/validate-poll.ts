import { textOf } from '../json/text.ts';
import type { Json } from '../state/types.ts';
import { tooLong } from './errors.ts';

const HOUR_MS = 3_600_000;
const MAX_HOURS = 768;
const DEFAULT_HOURS = 24;

/** Checks a poll and returns it as Discord does: with the ids of its answers, its end and no votes. */
export function checkPoll(poll: Json): Json {
  const question = textOf((poll['question'] as Json | undefined)?.['text']);
  if (question.length < 1 || question.length > 300) throw tooLong('poll.question.text', 300, 1);
  const answers = (poll['answers'] as Json[] | undefined) ?? [];
  if (answers.length < 1 || answers.length > 10) throw tooLong('poll.answers', 10, 1);
  for (const [i, answer] of answers.entries()) {
    const text = textOf((answer['poll_media'] as Json | undefined)?.['text']);
    if (text.length < 1 || text.length > 55) throw tooLong(`poll.answers.${i}.poll_media.text`, 55, 1);
  }
  const hours = Math.min(MAX_HOURS, Number(poll['duration'] ?? DEFAULT_HOURS));
  return {
    question: poll['question'],
    answers: answers.map((answer, i) => ({ answer_id: i + 1, poll_media: answer['poll_media'] })),
    expiry: new Date(Date.now() + hours * HOUR_MS).toISOString(),
    allow_multiselect: poll['allow_multiselect'] === true,
    layout_type: 1,
    results: { is_finalized: false, answer_counts: [] },
  };
}
