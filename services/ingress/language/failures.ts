import { en } from './en.ts';
import type { Say } from './say.ts';
import type { Key } from './translation.ts';

type FailureKey = Extract<Key, `failure.${string}`>;

/** What the workers say when a run ends without an answer, by their words. */
const known = new Map(
  Object.entries(en).flatMap(([key, text]) =>
    key.startsWith('failure.') ? [[text as string, key as FailureKey] as const] : [],
  ),
);

/** A worker's words at the end of a run, in the reader's language as far as they are known; the rest as it is. */
export function failureIn(say: Say, text: string): string {
  for (const [words, key] of known) if (text.startsWith(words)) return say(key) + text.slice(words.length);
  const [, by, rest = ''] = /^Stopped by (.{1,100}?)\.(?= |$)(.*)$/s.exec(text) ?? [];
  return by === undefined ? text : say('run.stopped-by', { name: by }) + rest;
}
