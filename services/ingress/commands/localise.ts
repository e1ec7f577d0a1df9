import type { Language } from '#shared/ground/vocabulary.ts';
import { commandNames } from '../language/commands.ts';
import { commandDescriptions } from '../language/descriptions.ts';
import { localesOf } from '../language/languages.ts';
import { optionNames } from '../language/option-names.ts';
import type { CommandDefinition, CommandOption } from './command.ts';

type Texts = Partial<Record<Language, string>>;
/** By Discord's locales (docs: Application Commands, Localization). */
type Localizations = Record<string, string>;

/** A command as Discord registers it, with its names and descriptions in all languages that have them. */
export function localised(definition: CommandDefinition): object {
  const names = byLocale((commandNames as Partial<Record<string, Texts>>)[definition.name]);
  // A context menu has no description.
  if (definition.type !== 1) return { name: definition.name, type: definition.type, ...named(names) };
  const { options, ...rest } = definition;
  return {
    ...rest,
    ...named(names),
    ...described(definition.name),
    ...(options && { options: options.map((option) => optionOf(definition.name, option)) }),
  };
}

function optionOf(path: string, { options, choices, ...option }: CommandOption): object {
  const own = `${path} ${option.name}`;
  return {
    ...option,
    ...named(byLocale((optionNames as Partial<Record<string, Texts>>)[option.name])),
    ...described(own),
    ...(choices && { choices: choices.map((choice) => ({ ...choice, ...named(choiceNames(own, choice)) })) }),
    ...(options && { options: options.map((each) => optionOf(own, each)) }),
  };
}

function choiceNames(path: string, { value }: { value: string }): Localizations | undefined {
  return byLocale(commandDescriptions[`${path} ${value}`]);
}

function named(names: Localizations | undefined): object {
  return names ? { name_localizations: names } : {};
}

function described(path: string): object {
  const texts = byLocale(commandDescriptions[path]);
  return texts ? { description_localizations: texts } : {};
}

function byLocale(texts: Texts | undefined): Localizations | undefined {
  if (!texts) return undefined;
  const pairs = Object.entries(texts).flatMap(([language, text]) =>
    localesOf[language as Language].map((locale) => [locale, text] as const),
  );
  return Object.fromEntries(pairs);
}

/** What of a command's texts the languages lack: a name of it or of an option, or the path of what has no description or is a choice without a name. */
export function unlocalised({ name, type, options = [] }: CommandDefinition): string[] {
  const missing = Object.hasOwn(commandNames, name) ? [] : [`name of ${name}`];
  if (type !== 1) return missing;
  const pathsOf = (path: string, of: CommandOption[]): string[] => [
    path,
    ...of.flatMap(({ name: option, options: inner = [], choices = [] }) => [
      ...pathsOf(`${path} ${option}`, inner),
      ...choices.map(({ value }) => `${path} ${option} ${value}`),
    ]),
  ];
  const namesOf = (of: CommandOption[]): string[] =>
    of.flatMap(({ name: option, options: inner = [] }) => [option, ...namesOf(inner)]);
  return [
    ...missing,
    ...namesOf(options)
      .filter((option) => !Object.hasOwn(optionNames, option))
      .map((option) => `name of ${option}`),
    ...pathsOf(name, options).filter((path) => !Object.hasOwn(commandDescriptions, path)),
  ];
}
