import type { Command } from 'commander';

/** A place on the command line, and the words that may come there. */
export interface Place {
  /** The commands so far, such as `jobs show`; empty after `dragoman` itself. */
  at: string;
  words: Word[];
  /** The values of options that take one of a few. */
  choices: { option: string; values: readonly string[] }[];
}

export interface Word {
  word: string;
  description: string;
}

/** Every place of a program, the outermost first. */
export function placesOf(command: Command, at = ''): Place[] {
  const subs = command.commands.map((sub) => ({ word: sub.name(), description: sub.description() }));
  const options = command.options.map((option) => ({
    word: option.long ?? option.short ?? '',
    description: option.description,
  }));
  const values = command.registeredArguments.flatMap(({ argChoices = [], description }) =>
    argChoices.map((word) => ({ word, description })),
  );
  const choices = command.options.flatMap(({ long, argChoices }) =>
    long && argChoices ? [{ option: long, values: argChoices }] : [],
  );
  const help = { word: '--help', description: 'how to use it' };
  const here: Place = { at, words: [...subs, ...values, ...options, help], choices };
  const below = command.commands.flatMap((sub) => placesOf(sub, at === '' ? sub.name() : `${at} ${sub.name()}`));
  return [here, ...below];
}

/** A text as one word of a POSIX shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
