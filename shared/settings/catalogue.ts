import { z } from 'zod';
import type { SettingScope } from './scopes.ts';
import { promptProblem } from './template.ts';

interface Setting<T> {
  /** What it is, for people: it stands in `/setup`, in refusals and in `dragoman settings`. */
  description: string;
  /** Where it may be set. Who may follows from it: `whoMay`. */
  scopes: readonly SettingScope[];
  /** Reads what a person typed, and what is stored. Its messages are sentences for people. */
  schema: z.ZodType<T>;
}

const everywhere = ['server', 'channel', 'thread', 'person', 'once'] as const;

/** All settings. To add one: a line here; `readSettings` then gives its value (docs/adding-a-setting.md). */
export const settings = {
  prompt: setting('what the model is told besides the operator’s prompt', everywhere, promptText()),
  persona: setting('the persona that answers', everywhere, name('persona', 32)),
  model: setting('the model that answers', everywhere, name('model', 200)),
};

export type SettingName = keyof typeof settings;
export const settingNames = Object.keys(settings) as SettingName[];

/** The values of settings, as far as they are set. */
export type SettingValues = { [N in SettingName]?: z.output<(typeof settings)[N]['schema']> };

function setting<T>(description: string, scopes: readonly SettingScope[], schema: z.ZodType<T>): Setting<T> {
  return { description, scopes, schema };
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
