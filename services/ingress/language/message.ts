/** A text with `{placeholders}`, or one that depends on how many `{count}` is. */
export type Message = string | Plural;

/** The forms of a text by the plural category of its language (Intl.PluralRules); `other` stands in for the rest. */
export interface Plural {
  readonly one?: string;
  readonly many?: string;
  readonly other: string;
}

/** The placeholders of a text, or of all forms of one. */
export type Placeholders<M> = M extends string ? InText<M> : M extends Plural ? InText<NonNullable<M[keyof M]>> : never;

type InText<S> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | InText<Rest> : never;

/** The values that a message takes, by the names of its placeholders; one with forms takes `count` as well. */
export type Values<M> = M extends string ? Named<InText<M>> : Named<Exclude<Placeholders<M>, 'count'>> & Count;

interface Count {
  count: number;
}
type Named<P> = [P] extends [never] ? Record<never, never> : { [Name in P & string]: string | number };

/** Whether a message takes no values at all. */
export type TakesNone<M> = M extends string ? ([InText<M>] extends [never] ? true : false) : false;
