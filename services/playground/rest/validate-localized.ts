import { textOf } from '../json/text.ts';
import type { Json } from '../state/types.ts';
import { invalidForm, tooLong } from './errors.ts';

/** https://discord.com/developers/docs/interactions/application-commands#application-command-object */
const SLASH_NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;

/** https://discord.com/developers/docs/reference#locales */
const LOCALES = new Set(
  `id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr cs el bg ru uk hi th zh-CN ja zh-TW ko`.split(
    ' ',
  ),
);

export function isSlashName(name: string): boolean {
  return SLASH_NAME.test(name) && name === name.toLowerCase();
}

/** Checks what a command, an option or a choice is called in other languages, by the rules of its own name. */
export function checkLocalized(thing: Json, { path, isSlash }: { path: string; isSlash: boolean }): void {
  const at = (key: string, locale: string) => `${path === '' ? '' : `${path}.`}${key}.${locale}`;
  for (const [locale, name] of textsOf(thing, 'name_localizations')) {
    refuseUnknown(at('name_localizations', locale), locale);
    if (isSlash && !isSlashName(name)) {
      const message = 'Command name is invalid';
      throw invalidForm(at('name_localizations', locale), 'APPLICATION_COMMAND_INVALID_NAME', message);
    }
    if (name.length < 1 || name.length > 32) throw tooLong(at('name_localizations', locale), 32, 1);
  }
  for (const [locale, text] of textsOf(thing, 'description_localizations')) {
    refuseUnknown(at('description_localizations', locale), locale);
    if (text.length < 1 || text.length > 100) throw tooLong(at('description_localizations', locale), 100, 1);
  }
}

function refuseUnknown(path: string, locale: string): void {
  if (LOCALES.has(locale)) return;
  throw invalidForm(path, 'DICT_TYPE_KEY_INVALID', 'This is no locale that is known.');
}

/** What a thing is called in each language; its own name where a language has none. */
export function namesByLocale(thing: Json): string[] {
  const own = textOf(thing['name']);
  const localized = new Map(textsOf(thing, 'name_localizations'));
  return [`own ${own}`, ...[...LOCALES].map((locale) => `${locale} ${localized.get(locale) ?? own}`)];
}

function textsOf(thing: Json, key: string): [string, string][] {
  return Object.entries((thing[key] as Record<string, unknown> | null | undefined) ?? {}).map(([locale, text]) => [
    locale,
    textOf(text),
  ]);
}
