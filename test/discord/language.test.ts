import { globSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { languages } from '#shared/ground/vocabulary.ts';
import { words } from '#services/worker/gateway/errors/words.ts';
import { humanMessage } from '#shared/ground/errors.ts';
import type { CommandDefinition, CommandOption } from '#services/ingress/commands/command.ts';
import { neededPermissions } from '#services/ingress/discord/needed-permissions.ts';
import { commands } from '#services/ingress/commands/catalogue.ts';
import { localised, unlocalised } from '#services/ingress/commands/localise.ts';
import { commandName, commandNames } from '#services/ingress/language/commands.ts';
import { optionNames } from '#services/ingress/language/option-names.ts';
import { commandDescriptions } from '#services/ingress/language/descriptions.ts';
import { en } from '#services/ingress/language/en.ts';
import { saidIn } from '#services/ingress/language/elsewhere.ts';
import { secondsIn, sizeIn, usdIn } from '#services/ingress/language/amounts.ts';
import { isCodeNote } from '#services/ingress/text/long-code.ts';
import { createStreamedText } from '#services/ingress/text/stream.ts';
import { isTableNote } from '#services/ingress/text/tables/show.ts';
import { withDoneSoFar } from '#services/worker/loop/done-so-far.ts';
import { createRunState } from '#shared/run/fold/run-state.ts';
import { personaName } from '#shared/settings/personas.ts';
import { promptProblem } from '#shared/settings/template.ts';
import { languageOfLocale } from '#services/ingress/language/languages.ts';
import { speak } from '#services/ingress/language/say.ts';
import { sentencesIn, sentencesOf } from './sentences.ts';

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

test('what other parts say in English is known by their own words, and what follows it stays', () => {
  const german = speak('de');
  const told = [
    ...Object.values(words),
    humanMessage(new Error()),
    'The time for this question is over.',
    'Stopped by Ada before anything was done.',
    withDoneSoFar(createRunState(), 'Stopped by Ada.'),
    'The model small does not see pictures: it answers without the one that came with the question.',
    'The model small does not see pictures: it answers without the 2 that came with the question.',
    promptProblem('')!,
    promptProblem('x'.repeat(5_000))!,
    promptProblem('{name} {day}')!,
    ...['', 'x'.repeat(40), 'a\nb'].map((name) => failureOf(() => personaName(name))),
  ];
  for (const text of told)
    expect(
      english.find((sentence) => saidIn(german, text).includes(sentence)),
      text,
    ).toBe(undefined);
  expect(saidIn(german, `${words.timeout} Done: fetch. Something else.`)).toBe(
    'Das Modell hat zu lange gebraucht. Frag noch einmal, oder nach weniger. Getan: fetch. Something else.',
  );
  expect(saidIn(german, 'The model took too long to answer. I keep trying.')).toBe(
    'Das Modell hat zu lange gebraucht. Ich versuche es weiter.',
  );
  expect(saidIn(speak('ja'), 'Stopped by Ada. No tool had been used.')).toBe(
    'Ada が停止しました。ツールは使われていません。',
  );
  expect(saidIn(german, 'Something else.')).toBe('Something else.');
  for (const text of told) expect(saidIn(speak('en'), text).replaceAll(',', '')).toBe(text.replaceAll(',', ''));
});

/** Beginnings of the sentences above, in English. */
const english = [
  'The ',
  'This ',
  'There ',
  'Something ',
  'Stopped ',
  'No ',
  'I know ',
  'A web ',
  'LITELLM_API_BASE says',
];

function failureOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
}

test('amounts are written as the language writes them', () => {
  const german = speak('de');
  expect([secondsIn(german, 1_240), secondsIn(german, 61_000), usdIn(german, 0.0042), usdIn(german, 12.5)]).toEqual([
    '1,2 s',
    '61 s',
    '0,0042\u00a0$',
    '12,50\u00a0$',
  ]);
  expect(sizeIn(german, { count: 1_200, of: 'rows' })).toBe('1.200 Zeilen');
  expect([1, 2].map((count) => sizeIn(speak('en'), { count, of: 'matches' }))).toEqual(['1 match', '2 matches']);
  expect(sizeIn(speak('en'), { count: 1, of: 'rows', more: true })).toBe('1+ rows');
  expect(sizeIn(german, { count: 3, of: 'wheels' })).toBe('3 wheels');
  expect(german('stop.stopping', { count: 1_000 })).toBe('Ich halte 1.000 Fragen an.');
});

test('notes below tables and code are known again in every language', () => {
  const rows = Array.from({ length: 150 }, (_, at) => `| ${at} | ${at * 2} |`).join('\n');
  const text = `| a | b |\n| --- | --- |\n${rows}\n\n\`\`\`js\n${'x();\n'.repeat(80)}\`\`\`\n`;
  for (const language of languages) {
    const parts = createStreamedText({ say: speak(language) }).update(text, true);
    const notes = parts.flatMap((part) => part.split('\n')).filter((line) => line.startsWith('-# '));
    expect(notes, language).toHaveLength(2);
    expect([isTableNote(notes[0]!), isCodeNote(notes[1]!)], notes.join()).toEqual([true, true]);
  }
});

test('commands have names and descriptions in every language that Discord takes', () => {
  const missing = commands.map(({ definition }) => definition).flatMap(unlocalised);
  expect(missing).toEqual([]);
  for (const [name, texts] of Object.entries({ ...commandNames, ...optionNames })) {
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

interface Registered {
  name: string;
  name_localizations?: Record<string, string>;
  options?: Registered[];
}

/** What people may type after a command's name in one language: its subcommands and options, and theirs. */
function typable(of: Registered[], locale: string): string[] {
  return of.flatMap((each) => {
    const name = each.name_localizations?.[locale] ?? each.name;
    return [name, ...typable(each.options ?? [], locale).map((inner) => `${name} ${inner}`)];
  });
}

const registered = commands.map(({ definition }) => localised(definition) as Registered);

test('subcommands and options have names in every language, each once among its siblings', () => {
  const siblings = (of: Registered[]): Registered[][] => [of, ...of.flatMap(({ options = [] }) => siblings(options))];
  for (const options of registered.flatMap((command) => siblings(command.options ?? []))) {
    for (const locale of ['de', 'fr', 'es-ES', 'es-419', 'pt-BR', 'ja']) {
      const names = options.map((option) => option.name_localizations?.[locale]);
      expect(names).not.toContain(undefined);
      expect(new Set(names).size, names.join()).toBe(names.length);
    }
  }
});

test('sentences and descriptions name subcommands and options as the language does', () => {
  const locales = { en: 'en-US', de: 'de', fr: 'fr', es: 'es-ES', pt: 'pt-BR', ja: 'ja' };
  let found = 0;
  for (const language of languages) {
    const say = speak(language) as unknown as (key: string, values: object) => string;
    const told = Object.keys(en)
      .flatMap((key) => [1, 2].map((count) => say(key, { count, name: '' })))
      .flatMap((text) => [...text.matchAll(/`\/([\p{L}-]+) ([^`{:]+):?`/gu)]);
    const described = Object.values(commandDescriptions).flatMap((texts) =>
      language === 'en' ? [] : [...texts[language].matchAll(/(?<!\p{L})\/([\p{L}-]+) ([\p{L}-]+)/gu)],
    );
    for (const [whole, name = '', rest = ''] of [...told, ...described]) {
      const command = registered.find((each) => commandName(each.name, language) === name);
      const known = typable(command?.options ?? [], locales[language]);
      found += 1;
      expect(known, `${language}: ${whole}`).toContain(rest);
    }
  }
  expect(found).toBeGreaterThan(60);
});

const root = path.resolve(import.meta.dirname, '../../services/ingress');

/** Files with words that are not for people in Discord, and for whom they are. */
const otherReaders: Record<string, string> = {
  'config.ts': 'the operator, of variables',
  'display.ts': 'the operator, of a variable',
  'shards.ts': 'the operator, of variables',
  'discord/close-codes.ts': 'the operator, in the log',
  'discord/needed-permissions.ts': 'the operator, in the log',
  'discord/watchdog.ts': 'the operator: why the process ends',
  'startup/intents.ts': 'the operator, in the log',
  'startup/log-in.ts': 'the operator: why the process ends',
  'startup/new-session.ts': 'the log',
  'request/notices.ts': 'the model: what Discord’s notices say',
  'request/shown-text.ts': 'the model: what a message shows beside its text',
  'request/tables/describe.ts': 'the model: what a table holds',
  'tools/door.ts': 'the model: what became of a call',
};

/** Single literals of such words, and what they are. */
const otherWords: Record<string, string> = {
  'The text, with {} as you like': 'a description, whose other languages name the variables themselves',
  '{} min': 'a unit',
  'py js ts tsx jsx sh sql json yml html css xml java go rs rb php c cpp h cs kt lua diff toml md csv ini': 'endings',
  'Bearer {}': 'a header',
  Authorization: 'a header',
  'too-many {}': 'a key',
  'unpaid {}': 'a key',
  'cannot-write {} {}': 'a key',
  '{} moved': 'a nonce',
  'paused {}': 'a nonce',
  Dragoman: 'a name',
  'name of {}': 'what a check complains of',
  'direct message': 'a trigger’s name, for the log',
  'role mention': 'a trigger’s name, for the log',
  'Custom Status': 'Discord’s own name, which it does not show',
  'deleting the question': 'who stopped a run, in its journal',
  'Discord refuses too many requests; waiting before asking more.': 'an error that is tried again',
  'Discord does not answer RESUME': 'the log',
  'Discord did not confirm a message.': 'an error that is tried again',
  'another ingress shows this run by now': 'the log',
  'Another process has taken the shards of this one.': 'the operator, in the log',
  'Redis did not answer for so long that another process may have the shards of this one.': 'the operator, in the log',
  'DRAGOMAN_SIGNING_KEY is not set': 'the operator, in the log',
  'Please deal with this message of {}:': 'the model: what a context menu asks',
  'Attached file': 'the model',
  'Recording, transcribed': 'the model',
  '\n[cut after {} of {} characters]': 'the model',
  '[{}: {}]\n{}{}\n[End of {}]': 'the model',
  '{}, sheet {}': 'the model',
  '(about the message above)': 'the model',
  ' (of {}, earlier)': 'the model',
  '[Pictures that come with this message, in order: {}]': 'the model',
  '[Earlier pictures that you are not given: {}]': 'the model',
  '[Attached but not readable for you: {}]': 'the model',
  Discord: 'the model: whose word a notice is',
};

/** Discord’s own names of permissions, and what `unlocalised` compares. */
const localisedElsewhere = new Set([
  ...neededPermissions.map(({ name }) => name),
  ...commands.flatMap(({ definition }) => describedIn(definition)),
]);

function describedIn({ description, options = [] }: CommandDefinition | CommandOption): string[] {
  return [
    description,
    ...options.flatMap((option) => [...describedIn(option), ...(option.choices ?? []).map(({ name }) => name)]),
  ];
}

test('the ingress says nothing to people that is not of the catalogue', () => {
  const files = globSync('**/*.ts', { cwd: root }).filter(
    (file) => !file.endsWith('.test.ts') && !file.startsWith('language/') && !Object.hasOwn(otherReaders, file),
  );
  const found = files.flatMap((file) =>
    sentencesIn(path.join(root, file)).map(({ line, text }) => ({ text, where: `${file}:${line}: ${text}` })),
  );
  const unknown = found.filter(({ text }) => !Object.hasOwn(otherWords, text) && !localisedElsewhere.has(text));
  expect(unknown.map(({ where }) => where)).toEqual([]);
  // What is named here is still there.
  const texts = new Set(found.map(({ text }) => text));
  expect(Object.keys(otherWords).filter((text) => !texts.has(text))).toEqual([]);
  expect(Object.keys(otherReaders).filter((file) => sentencesIn(path.join(root, file)).length === 0)).toEqual([]);
});

test('planted words are found, whatever they stand in', () => {
  const planted = [
    "const answer = { say: 'I do not answer here.' };",
    'const answer = { say: `There is no persona ${name} here.` };',
    "const row = { label: 'Reasoning' };",
    "const notes = found ? ' and the summary' : '';",
    "const fits = words as string satisfies string ?? 'no such thing';",
    "throw new UserError('bad-name', 'This name cannot be.');",
  ];
  for (const code of planted) expect(sentencesOf('planted.ts', code), code).not.toEqual([]);
  expect(sentencesOf('planted.ts', "log.warn({ error }, 'a message was lost');")).toEqual([]);
});
