import { z } from 'zod';
import { busyModes, footerModes, languages, progressModes } from '#shared/ground/vocabulary.ts';
import { runModes } from '#shared/run/request.ts';
import type { SettingScope } from './scopes.ts';
import { promptProblem } from './template.ts';

interface Setting<T> {
  /** What it is, for people: it stands in `/setup`, in refusals and in `dragoman settings`. */
  description: string;
  /** Where it may be set. Who may follows: managers of the server, those who manage the channel, everybody for themselves. */
  scopes: readonly SettingScope[];
  /** Whether its value is a list. */
  list: boolean;
  /** Reads what a person typed, and what is stored. Its messages are sentences for people. */
  schema: z.ZodType<T>;
}

const places = ['server', 'channel', 'thread'] as const;
const lasting = [...places, 'person'] as const;
const everywhere = [...lasting, 'once'] as const;

/** All settings. To add one: a line here; `readSettings` then gives its value (docs/adding-a-setting.md). */
export const settings = {
  prompt: setting('what the model is told besides the operator’s prompt', lasting, promptText()),
  persona: setting('the persona that answers; none for no persona', everywhere, name('persona', 32)),
  model: setting('the model that answers', everywhere, name('model', 200)),
  mode: setting('how a question is worked on', everywhere, oneOf('mode', runModes)),
  busy: setting('what becomes of a message while an answer is made', lasting, oneOf('busy', busyModes)),
  progress: setting('tools shown while an answer is made', places, oneOf('progress', progressModes)),
  footer: setting('the line below an answer', places, oneOf('footer', footerModes)),
  language: setting('the language of the bot’s own words', ['server', 'person'], oneOf('language', languages)),
  channels: listOf('channels', 'the channels in which the bot answers; all when none is chosen', ['server']),
  approvers: listOf('approvers', 'roles or people who may decide approvals for others', ['server']),
  logChannel: setting('the channel that is told of changed settings and failed answers', ['server'], id('channel')),
};

export type SettingName = keyof typeof settings;
export const settingNames = Object.keys(settings) as SettingName[];

/** The values of settings, as far as they are set. */
export type SettingValues = { [N in SettingName]?: z.output<(typeof settings)[N]['schema']> };

function setting<T>(description: string, scopes: readonly SettingScope[], schema: z.ZodType<T>): Setting<T> {
  return { description, scopes, schema, list: false };
}

/** A setting whose value is a list of ids. */
function listOf(what: string, description: string, scopes: readonly SettingScope[]): Setting<string[]> {
  return { ...setting(description, scopes, ids(what)), list: true };
}

function promptText(): z.ZodType<string> {
  return z.string().check((context) => {
    const problem = promptProblem(context.value);
    if (problem !== undefined) context.issues.push({ code: 'custom', message: problem, input: context.value });
  });
}

function name(what: string, longest: number): z.ZodType<string> {
  return z
    .string()
    .trim()
    .min(1, `The name of the ${what} is missing.`)
    .max(longest, `The name of a ${what} has at most ${longest} characters.`)
    .regex(/^[^\r\n]*$/, `The name of a ${what} is one line.`);
}

function oneOf<const T extends readonly [string, ...string[]]>(what: string, values: T): z.ZodType<T[number]> {
  return z.enum(values, { error: `${what} is one of ${values.join(', ')}.` });
}

function id(what: string): z.ZodType<string> {
  return z.string().regex(/^\d{15,22}$/, `The ${what} is given by its id.`);
}

/** A list, or text with a comma or space between its items. */
function ids(what: string): z.ZodType<string[]> {
  const items = z.preprocess(
    (given) => (typeof given === 'string' ? given.split(/[\s,]+/).filter(Boolean) : given),
    z.array(z.string().regex(/^\d{15,22}$/, `The ${what} are given by their ids.`)),
  );
  return items.check(
    z.minLength(1, `The list of ${what} is empty. To have none, reset it.`),
    z.maxLength(25, `At most 25 ${what} can be named.`),
  );
}
