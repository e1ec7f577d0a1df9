/** What a prompt may name, and what stands in its place when a question is asked. */
export const promptVariables = {
  date: 'the day of the question, such as 2026-11-27 (UTC)',
  server: 'the name of the Discord server',
  channel: 'the name of the channel or thread',
  person: 'the name of the person who asks',
  tools: 'the names of the tools that the person may use there',
} as const;
export type PromptVariable = keyof typeof promptVariables;

/** The most characters of a prompt; Discord's own limit for a field of a form. */
export const promptMaxChars = 4_000;

/** `{name}` is a variable, `{{name}}` the text `{name}`; all other braces are text. */
const places = /\{(\{[A-Za-z_]+\})\}|\{([A-Za-z_]+)\}/g;

/** Why a prompt cannot be used, in a sentence for the person who wrote it; undefined when it can. */
export function promptProblem(text: string, mostChars: number = promptMaxChars): string | undefined {
  if (text.trim() === '') return 'The prompt is empty. To have none, reset it.';
  if (text.length > mostChars) {
    return `The prompt has ${text.length} characters; at most ${mostChars} are taken. Shorten it.`;
  }
  const unknown = [...text.matchAll(places)].flatMap(([whole, , name]) =>
    name === undefined || Object.hasOwn(promptVariables, name) ? [] : [whole],
  );
  if (unknown.length === 0) return undefined;
  const known = Object.keys(promptVariables).map((name) => `{${name}}`);
  return `I know no variable ${[...new Set(unknown)].join(' or ')}: there are ${known.join(', ')}. Double the braces, {{word}}, to have them in the text.`;
}

/** Puts values in the place of a prompt's variables, in one pass: what a value holds is never a variable again. */
export function fillPrompt(text: string, values: Record<PromptVariable, string>): string {
  return text.replace(places, (whole, literal: string | undefined, name: string | undefined) => {
    if (literal !== undefined) return literal;
    return name !== undefined && Object.hasOwn(values, name) ? values[name as PromptVariable] : whole;
  });
}
