import type { en } from './en.ts';
import type { Placeholders, Plural } from './message.ts';

export type Texts = typeof en;
export type Key = keyof Texts;

/** What every language must have: all messages, with forms where English has them. */
export type Translation = { readonly [K in Key]: Texts[K] extends string ? string : Plural };

type Fitting<T extends Translation> = {
  readonly [K in Key]: SamePlaceholders<T[K], Texts[K]> extends true ? T[K] : `takes other placeholders than ${K}`;
};

/** A form may leave `{count}` out: "one question". */
type SamePlaceholders<A, B> = [Without<A>] extends [Without<B>]
  ? [Without<B>] extends [Without<A>]
    ? true
    : false
  : false;
type Without<M> = M extends string ? Placeholders<M> : Exclude<Placeholders<M>, 'count'>;

/** A language's texts. A missing or unknown message does not compile, nor does one with other placeholders. */
export function translation<const T extends Translation>(
  texts: T & Fitting<T> & Record<Exclude<keyof T, Key>, never>,
): T {
  return texts;
}
