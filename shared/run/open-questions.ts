import type { Redis } from 'ioredis';
import { keys } from '#shared/redis/keys.ts';
import { unlessUnreadable } from './unreadable.ts';

/** A question to a human, or of the model, by its run and its name there. */
export interface QuestionPlace {
  runId: string;
  question: string;
}

/** Questions that are read side by side. */
const sideBySide = 50;

/** A question as the set of all that are open names it. */
export function questionPlace(name: string): QuestionPlace {
  const [runId = '', question = ''] = name.split(' ');
  return { runId, question };
}

/** What `read` finds of all questions that are open, the soonest to expire first. Those of unreadable runs are left out. */
export async function readOpenQuestions<T>(
  redis: Redis,
  read: (place: QuestionPlace) => Promise<T | undefined>,
): Promise<T[]> {
  const names = await redis.zrange(keys.approvals, '0', '-1');
  const found: T[] = [];
  for (let from = 0; from < names.length; from += sideBySide) {
    const some = names.slice(from, from + sideBySide).map((name) => read(questionPlace(name)).catch(unlessUnreadable));
    found.push(...(await Promise.all(some)).filter((each) => each !== undefined));
  }
  return found;
}
