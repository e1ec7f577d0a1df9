import { en } from './en.ts';
import type { Plural } from './message.ts';
import type { Say } from './say.ts';
import type { Key } from './translation.ts';

/** A sentence that another part of Dragoman says in English, as a pattern that finds the values in it. */
interface Known {
  key: Key;
  pattern: RegExp;
  names: string[];
  /** Characters that stand there whatever the values are. */
  fixed: number;
  /** The first sentence alone. */
  first: boolean;
}

const keys = (Object.keys(en) as Key[]).filter(
  (key) => /^(?:failure|said)\./.test(key) || key === 'run.stopped-by' || key === 'steer.sent',
);

/** The longest come first: one may be the beginning of another. */
const known: readonly Known[] = keys
  .flatMap((key) => formsOf(en[key]).flatMap((text) => [knownBy(key, text, false), knownBy(key, firstOf(text), true)]))
  .toSorted((a, b) => b.fixed - a.fixed || Number(a.first) - Number(b.first));

/**
 * What workers and stores have said in English, in the reader's language: sentence by sentence, as far as they are
 * known. What follows the first unknown one stays as it is.
 */
export function saidIn(say: Say, text: string): string {
  const said: string[] = [];
  let rest = text;
  while (rest !== '') {
    const [found, match] = firstKnown(rest);
    if (!found || !match) return [...said, rest].join(joint(say));
    said.push(inLanguage(say, found, match));
    rest = rest.slice(match[0].length).trimStart();
  }
  return said.join(joint(say));
}

function firstKnown(text: string): [Known, RegExpExecArray] | [] {
  for (const each of known) {
    const match = each.pattern.exec(text);
    if (match) return [each, match];
  }
  return [];
}

function inLanguage(say: Say, { key, names, first }: Known, match: RegExpExecArray): string {
  // A form that does not name its count is the one for one.
  const values = { count: 1, ...Object.fromEntries(names.map((name, at) => [name, numberIn(match[at + 1] ?? '')])) };
  // The values are those that the pattern names, which are the placeholders of the message.
  const whole = (say as (key: Key, values: object) => string)(key, values);
  return first ? firstOf(whole) : whole;
}

function numberIn(text: string): string | number {
  return /^\d{1,15}$/.test(text) ? Number(text) : text;
}

function knownBy(key: Key, text: string, first: boolean): Known {
  const names: string[] = [];
  const source = text
    .split(/(\{\w+\})/)
    .map((part) => {
      const name = /^\{(\w+)\}$/.exec(part)?.[1];
      if (name === undefined) return RegExp.escape(part);
      names.push(name);
      return '(.{1,600}?)';
    })
    .join('');
  const fixed = text.replaceAll(/\{\w+\}/g, '').length;
  return { key, pattern: new RegExp(`^${source}(?=\\s|$)`, 's'), names, fixed, first };
}

/** The first sentence: what is wrong, without what one may do about it. */
function firstOf(text: string): string {
  return /^.*?(?:[.!?](?=\s|$)|[。！？])/s.exec(text)?.[0] ?? text;
}

function formsOf(message: string | Plural): string[] {
  return typeof message === 'string' ? [message] : [message.one ?? message.other, message.other];
}

/** Japanese has no blanks between sentences. */
function joint(say: Say): string {
  return say.language === 'ja' ? '' : ' ';
}
