import type { Facts } from './facts.ts';
import type { Mention } from './mentions.ts';

/** What a rule says of a mention: true, what is wrong with it, or undefined when the rule does not know such names. */
export type Verdict = true | string | undefined;

export type Rule = (mention: Mention, facts: Facts) => Verdict;

/** A placeholder such as `<id>`, `…`, `*` or `[name …]` stands for anything. */
export function isPlaceholder(word: string): boolean {
  return /[<>…*[\]]/.test(word);
}

/** A pattern for the whole text, in which each placeholder stands for one part. */
export function asPattern(text: string): RegExp {
  const literal = text.split(/<[^>]*>|…|\*/).map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('[^/]+')}$`);
}
