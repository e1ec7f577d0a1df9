import { languages, type Language } from '#shared/ground/vocabulary.ts';

/** Discord's locales for each language (docs: Reference, Locales). */
export const localesOf: Readonly<Record<Language, readonly string[]>> = {
  en: ['en-US', 'en-GB'],
  de: ['de'],
  fr: ['fr'],
  es: ['es-ES', 'es-419'],
  pt: ['pt-BR'],
  ja: ['ja'],
};

/** The language of one of Discord's locales, or of any other BCP 47 tag; undefined where there are no words in it. */
export function languageOfLocale(locale: string | undefined): Language | undefined {
  const [primary] = locale?.toLowerCase().split('-') ?? [];
  return languages.find((language) => language === primary);
}
