import { de } from './de.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import { ja } from './ja.ts';
import type { Language } from '#shared/ground/vocabulary.ts';
import { commandName } from './commands.ts';
import { ownNames, type OwnName, type Plural, type TakesNone, type Values } from './message.ts';
import { pt } from './pt.ts';
import type { Key, Texts, Translation } from './translation.ts';

const catalogue: Readonly<Record<Language, Translation>> = { en, de, fr, es, pt, ja };

/** Says something of the catalogue in one language. */
export interface Say {
  <K extends Key>(key: K, ...values: TakesNone<Texts[K]> extends true ? [] : [Values<Texts[K]>]): string;
  readonly language: Language;
}

/** Something that is said when the reader, and so the language, is known. */
export type Words = (say: Say) => string;

/** The way to say things in a language. */
export function speak(language: Language): Say {
  const known = speakers.get(language);
  if (known) return known;
  const rules = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language);
  const own = namesIn(language);
  const say = (key: Key, values: Record<string, string | number> = {}) =>
    filled(formOf(catalogue[language][key], rules, values['count']), { ...own, ...values }, numbers);
  const made = Object.assign(say, { language }) as Say;
  speakers.set(language, made);
  return made;
}

/** What is stored for readers of whom nobody knows the language yet: `saidIn` finds it again. */
export function english(key: 'steer.sent'): string {
  return speak('en')(key);
}

const speakers = new Map<Language, Say>();

function formOf(message: string | Plural, rules: Intl.PluralRules, count: string | number | undefined): string {
  if (typeof message === 'string') return message;
  const category = rules.select(Number(count));
  return (category === 'one' || category === 'many' ? message[category] : undefined) ?? message.other;
}

function namesIn(language: Language): Record<OwnName, string> {
  const { 'button.stop': stopButton, 'button.retry': retryButton } = catalogue[language];
  const commands = Object.keys(ownNames).map((name) => [name, commandName(name.replace('Command', ''), language)]);
  return { ...(Object.fromEntries(commands) as Record<OwnName, string>), stopButton, retryButton };
}

/** What is filled in is not looked through for placeholders again. Numbers are written as the language writes them. */
function filled(text: string, values: Record<string, string | number>, numbers: Intl.NumberFormat): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name] ?? whole;
    return typeof value === 'number' ? numbers.format(value) : value;
  });
}
