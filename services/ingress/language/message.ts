/** A text with `{placeholders}`, or one that depends on how many `{count}` is. */
export type Message = string | Plural;

/** The forms of a text by the plural category of its language (Intl.PluralRules); `other` stands in for the rest. */
export interface Plural {
  readonly one?: string;
  readonly many?: string;
  readonly other: string;
}

/** Placeholders that fill themselves: the names of commands and the labels of buttons in the language. */
export const ownNames = {
  ask: 'command',
  new: 'command',
  status: 'command',
  stop: 'command',
  tools: 'command',
  schedule: 'command',
  memory: 'command',
  help: 'command',
  undo: 'command',
  reset: 'command',
  usage: 'command',
  approve: 'command',
  prompt: 'command',
  persona: 'command',
  busyCommand: 'command',
  modelCommand: 'command',
  setup: 'command',
  whyCommand: 'command',
  stopButton: 'button',
  retryButton: 'button',
} as const;
export type OwnName = keyof typeof ownNames;

/** The placeholders of a text, or of all forms of one. */
export type Placeholders<M> = M extends string ? InText<M> : M extends Plural ? InText<NonNullable<M[keyof M]>> : never;

type InText<S> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | InText<Rest> : never;

/** The values that a message takes, by the names of its placeholders; one with forms takes `count` as well. */
export type Values<M> = M extends string ? Named<Given<M>> : Named<Exclude<Given<M>, 'count'>> & { count: number };

type Given<M> = Exclude<Placeholders<M>, OwnName>;
type Named<P> = [P] extends [never] ? unknown : { [Name in P & string]: string | number };

/** Whether a message takes no values at all. */
export type TakesNone<M> = M extends string ? ([Given<M>] extends [never] ? true : false) : false;
