import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { languages } from '#shared/ground/vocabulary.ts';
import { words } from '#services/worker/gateway/errors/words.ts';
import { humanMessage } from '#shared/ground/errors.ts';
import { commands } from '#services/ingress/commands/catalogue.ts';
import { unlocalised } from '#services/ingress/commands/localise.ts';
import { commandDescriptions, commandNames } from '#services/ingress/language/commands.ts';
import { en } from '#services/ingress/language/en.ts';
import { failureIn } from '#services/ingress/language/failures.ts';
import { languageOfLocale } from '#services/ingress/language/languages.ts';
import { speak } from '#services/ingress/language/say.ts';

test('plural forms follow the language, and placeholders are filled once', () => {
  const coming = (language: (typeof languages)[number], count: number) => speak(language)('stop.stopping', { count });
  expect([coming('en', 1), coming('en', 2)]).toEqual(['Stopping one question.', 'Stopping 2 questions.']);
  // In French nothing is one, too.
  expect(coming('fr', 0)).toBe(coming('fr', 1));
  expect(coming('ja', 1)).toContain('1 件');
  expect(speak('en')('why.dropped', { gate: '{why}', why: 'no' })).toBe('I did not answer it (gate {why}): no');
});

test('every form that a language has for small numbers is there, and nothing is left unfilled', () => {
  const names = [...JSON.stringify(en).matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const values = { ...Object.fromEntries(names.map((name) => [name, 'x'])), count: 2 };
  for (const language of languages) {
    for (const key of Object.keys(en)) {
      const say = speak(language) as unknown as (key: string, values: object) => string;
      expect(say(key, values), `${language} ${key}`).not.toMatch(/undefined|\{\w+\}|^\s*$/);
    }
  }
});

test('locales of Discord lead to a language', () => {
  expect(['pt-BR', 'es-419', 'en-GB', 'ja', 'DE', 'tlh', undefined].map(languageOfLocale)).toEqual([
    'pt',
    'es',
    'en',
    'ja',
    'de',
    undefined,
    undefined,
  ]);
});

test('what the workers say is known by their own words, and what follows it stays', () => {
  const say = speak('de');
  for (const text of [words.timeout, words.rateLimit, words.network, words.contextTooLong, humanMessage(new Error())]) {
    expect(failureIn(say, text)).not.toBe(text);
  }
  expect(failureIn(say, `${words.timeout} Done: fetch.`)).toMatch(
    /^Das Modell hat zu lange gebraucht.* Done: fetch\.$/,
  );
  expect(failureIn(say, 'Stopped by Ada. No tool had been used.')).toBe('Angehalten von Ada. No tool had been used.');
  expect(failureIn(say, 'Something else.')).toBe('Something else.');
});

/** Commands whose texts are not translated yet. */
const untranslated: ReadonlySet<string> = new Set([
  'busy',
  'model',
  'persona',
  'prompt',
  'resetprompt',
  'setprompt',
  'setup',
  'viewprompt',
]);

test('commands have names and descriptions in every language that Discord takes', () => {
  const missing = commands
    .map(({ definition }) => definition)
    .filter(({ name }) => !untranslated.has(name))
    .flatMap(unlocalised);
  expect(missing).toEqual([]);
  for (const [name, texts] of Object.entries(commandNames)) {
    for (const text of Object.values(texts)) {
      // A context menu may have blanks and capitals.
      expect(text, name).toMatch(/[A-Z]/.test(name) ? /^.{1,32}$/u : /^[-_'\p{Ll}\p{Lo}\p{Lm}\p{N}]{1,32}$/u);
    }
  }
  for (const texts of Object.values(commandDescriptions)) {
    for (const text of Object.values(texts)) expect(text.length, text).toBeLessThanOrEqual(100);
  }
  for (const language of languages.filter((each) => each !== 'en')) {
    const names = Object.values(commandNames).map((texts) => texts[language]);
    expect(new Set(names).size, language).toBe(names.length);
  }
});

/** Files whose words to people all come from the catalogue. */
const spoken = [
  'commands/ask.ts',
  'commands/enter-by-command.ts',
  'commands/help.ts',
  'commands/memory.ts',
  'commands/new.ts',
  'commands/schedule',
  'commands/status.ts',
  'commands/stop.ts',
  'commands/why.ts',
  'delivery/approval-card.ts',
  'delivery/instead.ts',
  'messages/tell.ts',
  'schedules',
  'signs/queue-position.ts',
  'triggers/gates.ts',
];

/** A literal of several words in the code, which is neither a comment, a type, an import, a description nor for the log. */
const sentence =
  /(?<!description: )(?:'[^'\n]*[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}[^'\n]*'|`[^`\n]*[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}[^`\n]*`)/g;

function sentencesIn(file: string): string[] {
  const code = readFileSync(file, 'utf8')
    .replaceAll(/\/\*[^]*?\*\/|\/\/.*$/gm, '')
    .replaceAll(
      /log\.\w+\([^]*?\);|messageDropped\([^]*?\);|name: '[^'\n]*'|description:\s*'[^'\n]*'|description:\s*“[^”]*”/g,
      '',
    );
  return [...code.matchAll(sentence)].map(([found]) => found);
}

test('the files that speak by the catalogue have no sentences of their own', () => {
  const root = path.resolve(import.meta.dirname, '../../services/ingress');
  const files = spoken.flatMap((name) => {
    const file = path.join(root, name);
    if (name.endsWith('.ts')) return [file];
    return readdirSync(file).map((each) => path.join(file, each));
  });
  const found = files
    .filter((file) => !file.endsWith('.test.ts'))
    .flatMap((file) => sentencesIn(file).map((text) => `${path.relative(root, file)}: ${text}`));
  expect(found).toEqual([]);
  // A planted one is found.
  expect(sentence.test("return { say: 'I do not answer here.' };")).toBe(true);
});
