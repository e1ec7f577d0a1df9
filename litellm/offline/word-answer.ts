import { deedOfTool, deedsOf } from './deeds.ts';
import type { Question } from './question.ts';
import type { Tool } from './request.ts';
import type { Result } from './results.ts';
import { wordGrid } from './word-grid.ts';
import { plainWords } from './words.ts';

/** How many characters of a text result an answer shows. */
const maxShown = 1_500;

/** Puts into words, in Markdown, what the last calls brought. */
export function wordAnswer(question: Question, results: readonly Result[]): string {
  const last = results.at(-1)!.batch;
  const telling = results.filter((result) => result.batch === last);
  const parts = telling.map((result) => wordResult(question, result, telling.length > 1));
  return parts.join('\n\n');
}

function wordResult(question: Question, result: Result, oneOfSeveral: boolean): string {
  const { text, grid } = result;
  const time = wordTime(text);
  if (time !== undefined) return time;
  if (grid && grid.rows.length > 0) {
    const about = oneOfSeveral ? `${argumentText(result)}: ` : '';
    return about + wordGrid(question, grid, { tool: result.tool, notes: notes(text), limit: limitOf(result) });
  }
  if (/^\[.*\]$/.test(text) || (text.length < 300 && !text.includes('\n'))) return plainSentence(result);
  return wordText(result);
}

/** A tool's remarks about its result, which stand in brackets on lines of their own. */
function notes(text: string): string[] {
  return text.split('\n').filter((line) => /^\[.*\]$/.test(line.trim()));
}

/** How many rows a statement allowed at most. */
function limitOf(result: Result): number | undefined {
  const limits = Object.values(result.arguments).map((value) => /\blimit\s+(\d+)\s*;?\s*$/i.exec(String(value))?.[1]);
  const found = limits.find((limit) => limit !== undefined);
  return found === undefined ? undefined : Number(found);
}

function argumentText(result: Result): string {
  const value = Object.values(result.arguments).find((argument) => typeof argument === 'string');
  return value === undefined ? `**${result.tool}**` : `**${value}**`;
}

/** Turns `2026-11-21T09:05:31+01:00 (Saturday, Europe/Berlin)` into a sentence. */
function wordTime(text: string): string | undefined {
  const found = /^(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d)(?::\d\d)?\S*(?: \(([^),]+)(?:, ([^)]+))?\))?$/.exec(text.trim());
  if (!found) return undefined;
  const [, year, month, day, clock, weekday, zone] = found;
  const monthName = new Intl.DateTimeFormat('en', { month: 'long', timeZone: 'UTC' }).format(
    new Date(`${year}-${month}-01`),
  );
  const place = zone === undefined ? '' : ` in ${zone.split('/').at(-1)!.replaceAll('_', ' ')}`;
  return `It is **${clock}**${place}, ${weekday ? `${weekday}, ` : ''}${Number(day)} ${monthName} ${year}${zone ? ` (${zone})` : ''}.`;
}

function plainSentence(result: Result): string {
  // What a model is told to do is nothing for people.
  const bare = result.text.replace(/^\[(.*)\]$/, '$1').replace(/ Do not try it again(?:; say so)?\.$/, '');
  return bare === '' ? `\`${result.tool}\` gave nothing back.` : bare;
}

const languages: Record<string, string> = {
  js: 'js',
  ts: 'ts',
  py: 'py',
  sql: 'sql',
  json: 'json',
  csv: 'csv',
  sh: 'sh',
  yaml: 'yaml',
  yml: 'yaml',
  html: 'html',
};

/** Shows the text of a file or page: code in a block, prose as a quotation. */
function wordText(result: Result): string {
  const source = sourceOf(result);
  const shown =
    result.text.length > maxShown
      ? result.text.slice(0, result.text.lastIndexOf('\n', maxShown) + 1 || maxShown).trimEnd()
      : result.text.trimEnd();
  const rest =
    shown.length < result.text.trimEnd().length
      ? `\n\n(The first ${shown.length.toLocaleString('en')} of ${result.text.length.toLocaleString('en')} characters.)`
      : '';
  const language = languages[/\.(\w+)$/.exec(source ?? '')?.[1] ?? ''];
  const body = language === undefined ? shown.replaceAll(/^/gm, '> ') : `\`\`\`${language}\n${shown}\n\`\`\``;
  return `${source === undefined ? 'I found this' : `This is what \`${source}\` says`}:\n\n${body}${rest}`;
}

function sourceOf(result: Result): string | undefined {
  const values = Object.values(result.arguments).filter((value): value is string => typeof value === 'string');
  return values.at(-1);
}

/** Asks for the arguments that a tool needs and the question does not give. */
export function wordRequest(tool: Tool, missing: readonly string[]): string {
  const needs = missing.map((name) => {
    const about = tool.properties[name]?.description;
    return `- **${plainWords(name).join(' ')}**${about ? `: ${about}` : ''}`;
  });
  return `I would use \`${tool.name}\` for this, but I need to know more:\n\n${needs.join('\n')}`;
}

/** Questions that are surely answered, by the word of a tool's name that they need. */
const EXAMPLES: [RegExp, string][] = [
  [/postgres|table/, 'How many customers are there?'],
  [/directory/, 'What files are in the workspace?'],
  [/bucket/, 'Which buckets exist?'],
  [/time/, 'What time is it in Tokyo?'],
  [/fetch|url/, 'Fetch https://example.com'],
];

const maxExamples = 3;

/** Says what can be asked when nothing in the question points at a tool, or words of it point elsewhere. */
export function wordNothing(question: Question, tools: readonly Tool[], unknown: readonly string[]): string {
  if (/^\W*(?:thanks?|thank you|thx|cheers|great|ok(?:ay)?)\b.{0,20}$/i.test(question.text)) return 'You are welcome.';
  const hello = /^\W*(?:hello|hi|hey|good (?:morning|evening|day)|greetings)\b/i.test(question.text) ? 'Hello! ' : '';
  if (ABOUT_ME.test(question.text) && tools.length > 0) return `${hello}${whatIAm(tools)}`;
  if (tools.length === 0) return 'I have no tools to find that out with, and no knowledge of my own.';
  if (asksToWrite(question) && !tools.some(canWrite))
    return 'I cannot write that: I am offered no tool for it here, perhaps because your roles do not allow it. Somebody who may write can ask me.';
  const words = [...new Set(unknown)].slice(0, 4).map((word) => `“${word}”`);
  const why = words.length === 0 ? 'found none that fits this' : `do not understand ${words.join(', ')} here`;
  return `${hello}I match the words of a question with tools, and ${why}. I give no answer rather than a wrong one.${tryThese(tools)}`;
}

/** A greeting alone, or a question about who answers here. */
const ABOUT_ME =
  /^\W*(?:(?:hello|hi|hey|good (?:morning|evening|day)|greetings)(?: (?:there|dragoman|bot|all|everyone|everybody))?|(?:(?:hello|hi|hey)[ ,]+)?(?:what (?:can|do) you do(?: for (?:me|us))?|who are you|what are you|(?:what|which) (?:ai |language )?model (?:are you|is this|do you use)|help(?: me| us)?|how do(?:es)? (?:you|this) work))\W*$/i;

/** What somebody may expect who asks for the first time. */
function whatIAm(tools: readonly Tool[]): string {
  return `I am a stand-in for a language model: I match the words of a question with ${tools.length} tools, and say so when I do not understand.${tryThese(tools)}`;
}

function tryThese(tools: readonly Tool[]): string {
  const examples = EXAMPLES.filter(([shape]) => tools.some(({ name }) => shape.test(name))).slice(0, maxExamples);
  const list = examples.map(([, example]) => `- ${example}`).join('\n');
  return list === '' ? '' : ` Try for example:\n\n${list}`;
}

/** Says why nothing was looked up in a database, rather than that nothing fits the question. */
export function wordUnlisted({ tool, text }: Result): string {
  return `I looked into the database for that, and found no tables. \`${tool}\` says: ${text}`;
}

function asksToWrite(question: Question): boolean {
  return deedsOf(question)[0] === 'write';
}

/** What is remembered for a person is written too, but nowhere that such a question means. */
function canWrite({ name }: Tool): boolean {
  return deedOfTool(name) === 'write' && !name.startsWith('memory_');
}
