import type { Question } from './question.ts';
import { valueNamed } from './question.ts';
import type { ArgumentSchema, Tool } from './request.ts';
import type { Result } from './results.ts';
import { plainWords, stem } from './words.ts';

export interface Filled {
  arguments: Record<string, unknown>;
  /** Required arguments for which no value was found. */
  missing: string[];
  /** How many values came from the question itself. */
  fromQuestion: number;
}

/** Fills a tool's arguments from the question, from earlier results, and from what the tool's schema says. */
export function fillArguments(tool: Tool, question: Question, results: readonly Result[]): Filled {
  const filled: Filled = { arguments: {}, missing: [], fromQuestion: 0 };
  const used = new Set<string>();
  for (const [name, schema] of Object.entries(tool.properties)) {
    const required = tool.required.includes(name);
    const asked = fromQuestion(name, schema, tool, question, required, used);
    const value =
      asked ?? (required ? (fromResults(name, results, question) ?? fromSchema(schema, question)) : undefined);
    if (value !== undefined) filled.arguments[name] = value;
    else if (required) filled.missing.push(name);
    if (asked === undefined) continue;
    filled.fromQuestion += 1;
    if (typeof asked === 'string') used.add(asked);
  }
  return filled;
}

function fromQuestion(
  name: string,
  schema: ArgumentSchema,
  tool: Tool,
  question: Question,
  required: boolean,
  used: ReadonlySet<string>,
): unknown {
  if (schema.enum)
    return schema.enum.find(
      (value) => typeof value === 'string' && plainWords(question.text).includes(value.toLowerCase()),
    );
  const type = [schema.type ?? 'string'].flat().find((one) => one !== 'null');
  if (type === 'integer' || type === 'number') return numberFor(name, schema, question);
  if (type !== 'string') return undefined;
  const role = roleOf(name, schema, tool);
  const free = (values: string[]) => values.find((value) => !used.has(value));
  switch (role) {
    case 'url':
      return free(question.urls) ?? (required ? bareHost(question) : undefined);
    case 'time zone':
      return question.timeZone;
    case 'channel':
      return question.channel ?? valueNamed(question, ['channel', 'thread']);
    case 'message':
      // The id in a channel's mention is no message's.
      return /(?<![#\d])\b\d{17,20}\b/.exec(question.text)?.[0];
    case 'sql':
      return question.sql;
    case 'content':
      return (
        question.content ??
        (required ? free(question.quoted.filter((value) => !question.paths.includes(value))) : undefined)
      );
    case 'path':
      return (
        free(question.paths.filter((path) => !isFileFor(schema, name, path))) ??
        (required ? (free(question.quoted) ?? valueNamed(question, ['directory', 'folder', 'file'])) : undefined)
      );
    case 'pattern':
      return required ? patternFor(question) : undefined;
    case 'search':
      return required ? (free(question.quoted) ?? topicOf(question)) : undefined;
    case 'name':
      return valueNamed(question, nounsOf(name)) ?? (required ? free(question.quoted) : undefined);
  }
}

type Role = 'url' | 'time zone' | 'channel' | 'message' | 'sql' | 'content' | 'path' | 'pattern' | 'search' | 'name';

/** What kind of value an argument wants, judged by its name and description. */
export function roleOf(name: string, schema: ArgumentSchema, tool: Tool): Role {
  const words = plainWords(name);
  const main = words.findLast((word) => word !== 'name') ?? name;
  const about = schema.description ?? '';
  const has = (...wanted: string[]) => wanted.includes(main);
  if (schema.format === 'uri' || has('url', 'uri', 'href', 'link')) return 'url';
  if (has('timezone', 'tz', 'zone')) return 'time zone';
  if (has('channel')) return 'channel';
  if (/^message id\b/i.test(about)) return 'message';
  if (has('sql', 'statement') || (has('query') && /\b(?:sql|select|statement)\b/i.test(`${about} ${tool.description}`)))
    return 'sql';
  if (has('content', 'contents', 'text', 'body', 'message', 'data')) return 'content';
  if (has('path', 'file', 'filename', 'directory', 'folder', 'key', 'object')) return 'path';
  if (has('pattern', 'glob')) return 'pattern';
  return has('query', 'search', 'q', 'term', 'terms', 'keywords') ? 'search' : 'name';
}

/** True when a directory is wanted and the path is that of a file. */
function isFileFor(schema: ArgumentSchema, name: string, path: string): boolean {
  const wantsDirectory = /^(?:director|folder)/i.test(schema.description ?? name);
  return wantsDirectory && /\.[a-z][a-z0-9]{0,4}$/i.test(path);
}

/** The words that people use for an argument: `bucket_name` is a bucket. */
export function nounsOf(name: string): string[] {
  const words = plainWords(name).filter((word) => !['name', 'id', 'names'].includes(word));
  return words.length > 0 ? [...new Set([words.join(' '), words.at(-1)!])] : ['named', 'called'];
}

/** Finds the number in "first 5 lines", "top 3", "limit 10". */
function numberFor(name: string, schema: ArgumentSchema, question: Question): number | undefined {
  const about = new Set([...plainWords(name), ...plainWords(schema.description ?? '')]);
  const counted = /\b(first|top|last|limit|at most|only)\s+(\d{1,6})(?:\s+(\w+))?/i.exec(question.text);
  if (!counted) return undefined;
  const [, which = '', count = '', noun] = counted;
  const fromEnd = which.toLowerCase() === 'last';
  const atEnd = about.has('end') || about.has('last') || about.has('tail');
  const capable = fromEnd
    ? atEnd
    : !atEnd && ['first', 'most', 'limit', 'max', 'maximum', 'start', 'fewer'].some((word) => about.has(word));
  const sameNoun = noun === undefined || [...about].some((word) => stem(word) === stem(noun.toLowerCase()));
  return capable && sameNoun ? Number(count) : undefined;
}

function bareHost(question: Question): string | undefined {
  const host = question.paths.find((path) => /^(?:[a-z0-9-]+\.)+[a-z]{2,}(?:\/|$)/i.test(path));
  return host === undefined ? undefined : `https://${host}`;
}

/** Kinds of files by the words for them. */
const FILE_KINDS: Record<string, string> = {
  markdown: 'md',
  python: 'py',
  text: 'txt',
  excel: 'xlsx',
  javascript: 'js',
  typescript: 'ts',
};

function patternFor(question: Question): string | undefined {
  const kind =
    /\b(markdown|python|text|excel|javascript|typescript|csv|json|pdf|md|txt|yaml|xml|html|log|sql) files?\b/i
      .exec(question.text)?.[1]
      ?.toLowerCase();
  if (kind !== undefined) return `*.${FILE_KINDS[kind] ?? kind}`;
  const glob = question.text.split(/\s+/).find((word) => /[*?]/.test(word.slice(0, -1)) || word.startsWith('*'));
  const inName = /(\S+) in (?:the|its|their) names?\b/i.exec(question.text)?.[1];
  const named = inName ?? valueNamed(question, ['named', 'called', 'matching', 'containing', 'like', 'for']);
  return glob?.replace(/[?.,!]+$/, '') ?? question.quoted[0] ?? named ?? question.paths[0];
}

function topicOf(question: Question): string | undefined {
  const text = question.channel === undefined ? question.text : withoutPlace(question.text, question.channel);
  const topic = /\b(?:about|for|of|on)\s+([^?.!]+)/i.exec(text)?.[1]?.trim();
  return topic === '' ? undefined : topic;
}

/** A text without "in #general". */
function withoutPlace(text: string, channel: string): string {
  const [before = '', ...after] = text.split(channel);
  return [before.replace(/\s*\b(?:in|from|on)\s*$/i, ''), ...after].join('');
}

/** A value that an earlier result listed, in the column or by the tool that is called like the argument. */
function fromResults(name: string, results: readonly Result[], question: Question): string | undefined {
  return valuesFromResults(name, results, question)[0];
}

export function valuesFromResults(name: string, results: readonly Result[], question: Question): string[] {
  const nouns = new Set(nounsOf(name).map(stem));
  for (const { grid, tool } of results.toReversed()) {
    if (!grid || grid.rows.length === 0) continue;
    const named = grid.columns.findIndex((column) => nouns.has(stem(column.toLowerCase())));
    const lists = plainWords(tool).some((word) => nouns.has(stem(word)));
    const column = named >= 0 ? named : lists ? Math.max(0, grid.columns.indexOf('name')) : -1;
    if (column < 0) continue;
    const values = grid.rows.map((row) => row[column]!.replace(/ \(.*\)$/, '')).filter((value) => value !== '');
    const asked = values.filter((value) => mentions(question, value));
    return asked.length > 0 ? asked : values;
  }
  return [];
}

/** Whether a question names a value: in full or without its schema, in the singular or plural. */
export function mentions(question: Question, value: string): boolean {
  const wanted = plainWords(value.split('.').at(-1)!).map(stem).join(' ');
  return ` ${plainWords(question.text).map(stem).join(' ')} `.includes(` ${wanted} `);
}

/** A default, or the value that the description gives for the usual case: `"." for the workspace itself`. */
function fromSchema(schema: ArgumentSchema, question: Question): unknown {
  if (schema.default !== undefined) return schema.default;
  const usual = /["“`]([^"”`]{1,40})["”`] (?:for|means|is) (?:the|all|everything|every|any)/i.exec(
    schema.description ?? '',
  )?.[1];
  return usual !== undefined && question.paths.length === 0 ? usual : undefined;
}
