import { formsOf } from './nouns.ts';
import { shortName, type Schema } from './schema.ts';

/** A word that is nearly the name of a table, and that name. */
export interface Misspelt {
  word: string;
  meant: string;
}

/** The first word of a question that is a table's name but for one letter; short words are too much alike. */
export function misspelt(question: string, { tables }: Schema): Misspelt | undefined {
  const names = tables.filter(({ isView }) => !isView).flatMap(({ name }) => formsOf(shortName(name)));
  for (const word of question.toLowerCase().match(/\p{L}{5,}/gu) ?? []) {
    const meant = names.find((name) => name.length >= 5 && isNear(word, name));
    if (meant !== undefined) return { word, meant };
  }
  return undefined;
}

/** Whether one letter is missing, too much, another one, or has changed places with its neighbour. */
function isNear(one: string, other: string): boolean {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  if (long.length - short.length > 1 || short === long) return false;
  let at = 0;
  while (at < short.length && short[at] === long[at]) at += 1;
  const [a, b] = [short.slice(at), long.slice(at)];
  if (a.length < b.length) return a === b.slice(1);
  return a.slice(1) === b.slice(1) || (a[0] === b[1] && a[1] === b[0] && a.slice(2) === b.slice(2));
}
