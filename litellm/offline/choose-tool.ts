import { fillArguments, nounsOf, roleOf, type Filled } from './fill-arguments.ts';
import { placeOf, type Question } from './question.ts';
import type { Tool } from './request.ts';
import type { Result } from './results.ts';
import { deedOfTool, deedsOf, deedWords } from './deeds.ts';
import { contentWords, meanings, plainWords, stem } from './words.ts';

export interface Choice {
  tool: Tool;
  filled: Filled;
  score: number;
  /** True when an argument is missing and no other tool can tell its value. */
  helpless: boolean;
}

/** How many points a tool loses for a missing argument whose value no other tool can tell. */
const HELPLESS = 5;

/** Words that stand in so many tool names that alone they point at none. */
const POINTLESS = new Set(['list', 'show', 'get', 'read']);

/** With a lower score, nothing in the question points at the tool. */
const leastScore = 4;

/** The tools that a question may mean, the best first. A word counts more when few tools have it. */
export function rankTools(tools: readonly Tool[], question: Question, results: readonly Result[]): Choice[] {
  const vocabulary = tools.map(toolWords);
  const words = [...new Set(contentWords(question.text))];
  const rarity = new Map(words.map((word) => [word, rarityOf(word, vocabulary)]));
  const wanted = deedsOf(question);
  const choices = tools.flatMap((tool, at) => {
    const deed = deedOfTool(tool.name);
    // A question that asks for a change needs more than a look, and one that asks for a look never gets a change.
    if ((deed === 'write') !== (wanted[0] === 'write')) return [];
    const filled = fillArguments(tool, question, results);
    if (deed === 'write' && isForFolders(tool, question)) return [];
    const match = wordMatch(vocabulary[at]!, words, rarity, subjectOf(question));
    const evidence = evidenceFor(tool, filled, question);
    if (match.strong === 0 && evidence <= 0) return [];
    const suits = deed !== undefined && wanted[0] === deed ? 4 : deed !== undefined && wanted.includes(deed) ? 2 : 0;
    const lacks = filled.missing.reduce(
      (sum, name) => sum + (providerOf(name, tool, tools, question, results) ? 2 : HELPLESS),
      0,
    );
    const score = match.score + evidence + suits + filled.fromQuestion + insideOf(tool, question) - lacks;
    return [{ tool, filled, score, helpless: lacks >= HELPLESS }];
  });
  return choices
    .filter((choice) => choice.score >= leastScore)
    .toSorted((a, b) => Number(a.helpless) - Number(b.helpless) || b.score - a.score);
}

/** "Create a file" makes no directory. */
function isForFolders(tool: Tool, question: Question): boolean {
  const { name } = toolWords(tool);
  return (
    name.has('directory') &&
    !name.has('file') &&
    /\bfile\b/i.test(question.text) &&
    !/\b(?:folder|director)/i.test(question.text)
  );
}

/** Words of questions that ask in another way for what a tool gives anyway. */
const PLAIN = new Set(
  `say says said inside content contents contain hold look see check large largest biggest big most small smallest fewest long size row count file folder
   workspace mine everything anything something left currently today each every page site line first last newest latest available right moment present
   public open print read view display load visit browse summarize summarise sum up know`
    .split(/\s+/)
    .map(stem),
);

/** Questions for a number, which a text does not tell. */
const COUNTS = /\bhow (?:many|big|large|long|old)\b|\bnumber of\b|\bsize of\b/i;

/**
 * The words of a question that its best tool would pass over. With such a word the question asks for something else, so
 * that its answer would be false. None when another tool first has to tell an argument's value.
 */
export function passedOver({ tool, filled }: Choice, question: Question): string[] {
  const given = Object.values(filled.arguments).map(String);
  if (filled.missing.length > 0) return [];
  const { name, description } = toolWords(tool);
  const inArguments = new Set(given.flatMap((value) => plainWords(value).map(stem)));
  const text = question.content === undefined ? question.text : question.text.replace(question.content, ' ');
  const verbs = deedWords();
  const isText = !['list', 'search', 'query', 'describe'].includes(deedOfTool(tool.name) ?? '');
  if (isText && COUNTS.test(text)) return [COUNTS.exec(text)![0]];
  if ([question.sql, ...question.urls, ...question.paths].some((part) => part !== undefined && given.includes(part)))
    return [];
  return contentWords(text).filter((word) => {
    if (PLAIN.has(word) || verbs.has(word) || isInZone(word, question, given)) return false;
    if (meanings(word).some((meaning) => inArguments.has(meaning))) return false;
    return !meanings(word).some((meaning) => name.has(meaning) || description.has(meaning));
  });
}

/** Whether a word is a part of the place whose time is asked for. */
function isInZone(word: string, { timeZone, text }: Question, given: readonly string[]): boolean {
  if (timeZone === undefined || !given.includes(timeZone)) return false;
  return placeOf(text).some((each) => stem(each) === word);
}

/** "What is in the buckets" is about tools that look into a bucket. */
function insideOf(tool: Tool, question: Question): number {
  const noun = /\b(?:in|inside|within)\s+(?:the\s+|my\s+|our\s+|all\s+|each\s+|every\s+)?(\p{L}+)/iu
    .exec(question.text)?.[1]
    ?.toLowerCase();
  if (noun === undefined) return 0;
  const named = Object.keys(tool.properties).filter((name) => nounsOf(name).includes(stem(noun)));
  return named.some((name) => tool.required.includes(name)) ? 3 : named.length > 0 ? 1 : 0;
}

interface ToolWords {
  name: Set<string>;
  description: Set<string>;
}

function toolWords(tool: Tool): ToolWords {
  const args = Object.entries(tool.properties).map(([name, schema]) => `${name} ${schema.description ?? ''}`);
  return {
    name: new Set(plainWords(tool.name).map(stem)),
    description: new Set(contentWords(`${tool.description} ${args.join(' ')}`)),
  };
}

function rarityOf(word: string, vocabulary: readonly ToolWords[]): number {
  const having = vocabulary.filter((words) => words.name.has(word) || words.description.has(word)).length;
  return having === 0 ? 0 : Math.log2(1 + vocabulary.length / having);
}

function wordMatch(
  tool: ToolWords,
  words: readonly string[],
  rarity: ReadonlyMap<string, number>,
  subject: string | undefined,
): { score: number; strong: number } {
  let score = 0;
  let strong = 0;
  for (const word of words) {
    const inName = meanings(word).some((meaning) => tool.name.has(meaning));
    const inDescription = meanings(word).some((meaning) => tool.description.has(meaning));
    if (!inName && !inDescription) continue;
    const weight = Math.max(rarity.get(word) ?? 0, 1) * (word === subject ? 1.5 : 1);
    score += weight * (inName ? 2 : 1);
    if (!POINTLESS.has(word)) strong += inName ? 1 : 0.5;
  }
  return { score, strong: strong >= 1 ? strong : 0 };
}

/** The word for what the question is about: the noun after "which", "what", "list", "how many". */
function subjectOf(question: Question): string | undefined {
  const noun = /\b(?:which|what|list|show|how many|all)\s+(?:me\s+)?(?:all\s+)?(?:the\s+|of the\s+)?(\p{L}+)/iu.exec(
    question.text,
  )?.[1];
  return noun === undefined ? undefined : contentWords(noun)[0];
}

/** A URL, a path, SQL or a time zone in the question points at the tools that take one. */
function evidenceFor(tool: Tool, filled: Filled, question: Question): number {
  let points = 0;
  for (const [name, value] of Object.entries(filled.arguments)) {
    const role = roleOf(name, tool.properties[name]!, tool);
    if (role === 'sql' && value === question.sql) points += 10;
    else if (role === 'url' && question.urls.includes(String(value))) points += 8;
    else if (
      role === 'time zone' &&
      value === question.timeZone &&
      /\b(?:time|clock|date|day|late)\b/i.test(question.text)
    )
      points += 8;
    else if (role === 'channel' && value === question.channel) points += 8;
    else if (role === 'path' && question.paths.includes(String(value))) points += 4;
  }
  const passedOver = [...question.urls, ...question.paths].some(
    (given) => !Object.values(filled.arguments).includes(given),
  );
  return passedOver ? points - 3 : points;
}

/**
 * The tools with those first whose name says more, such as its system: of tools that fit a question as well, the first
 * one is taken.
 */
export function tellingFirst(tools: readonly Tool[]): Tool[] {
  return tools.toSorted((a, b) => plainWords(b.name).length - plainWords(a.name).length);
}

/** How much two tools seem to be of one system, by the words of their names. */
function kinship(tool: Tool, other: Tool): number {
  const own = new Set(plainWords(other.name).map(stem));
  return plainWords(tool.name).reduce((sum, word) => sum + (own.has(stem(word)) ? 1 : -1), 0);
}

/**
 * A tool that lists the values of an argument of `user` and whose own arguments are all there. Of several, the one that
 * is named most alike.
 */
export function providerOf(
  argument: string,
  user: Tool,
  tools: readonly Tool[],
  question: Question,
  results: readonly Result[],
): Choice | undefined {
  const nouns = new Set(nounsOf(argument).map(stem));
  for (const tool of tools.toSorted((a, b) => kinship(b, user) - kinship(a, user))) {
    if (deedOfTool(tool.name) !== 'list' || !plainWords(tool.name).some((word) => nouns.has(stem(word)))) continue;
    const filled = fillArguments(tool, question, results);
    if (filled.missing.length === 0) return { tool, filled, score: 0, helpless: false };
  }
  return undefined;
}
