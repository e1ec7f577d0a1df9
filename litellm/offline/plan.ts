import { providerOf, rankTools, tellingFirst, type Choice } from './choose-tool.ts';
import { deedOfTool } from './deeds.ts';
import { fillArguments, mentions, roleOf, valuesFromResults } from './fill-arguments.ts';
import type { Question } from './question.ts';
import type { Tool } from './request.ts';
import { numberIn, type Grid, type Result } from './results.ts';
import type { PlannedCall } from './wire.ts';
import { plainWords, stem } from './words.ts';

export interface Plan {
  /** The calls to make; when empty, the model answers. */
  calls: PlannedCall[];
  /** The tool that would be called if the question said more. */
  lacking?: { tool: Tool; missing: string[] };
  /** True when the tables were listed for want of a better idea, and the question is about none of them. */
  nothingFits?: boolean;
}

/** How many rounds of calls one question gets: with more, the rules would go round in circles. */
const maxRounds = 4;

/** How many things one question may ask for at once. */
const maxAtOnce = 5;

/**
 * The calls that bring the question nearer to its answer. None when it can be answered, or nothing more can be found.
 */
export function planCalls(offered: readonly Tool[], question: Question, results: readonly Result[]): Plan {
  const tools = tellingFirst(offered);
  if (tools.length === 0 || new Set(results.map((result) => result.batch)).size >= maxRounds) return { calls: [] };
  const [goal] = rankTools(tools, question, results);
  const plan =
    goal && !isAnswered(goal, results)
      ? towards(goal, tools, question, results)
      : { calls: aboutTables(tools, question, results) };
  const calls = plan.calls.filter((call) => !wasMade(call, results));
  const guessed =
    !goal && calls.length === 0 && results.length > 0 && !results.some((result) => namesRow(question, result));
  return { ...plan, calls, ...(guessed ? { nothingFits: true } : {}) };
}

/**
 * A question is answered once its tool has answered. Only a list of tables may lack what was asked about their rows.
 */
function isAnswered(goal: Choice, results: readonly Result[]): boolean {
  return results.some((result) => result.tool === goal.tool.name);
}

function namesRow(question: Question, { grid, tool }: Result): boolean {
  return !listsTables(tool) || (grid?.rows.some((row) => mentions(question, row[0]!)) ?? false);
}

function towards(goal: Choice, tools: readonly Tool[], question: Question, results: readonly Result[]): Plan {
  const { missing } = goal.filled;
  if (missing.length === 0) return { calls: [...callsOf(goal, question, results), ...forOthersNamed(goal, question)] };
  for (const name of missing) {
    const provider = providerOf(name, goal.tool, tools, question, results);
    if (provider && !results.some((result) => result.tool === provider.tool.name)) return { calls: [callOf(provider)] };
  }
  return { calls: [], lacking: { tool: goal.tool, missing } };
}

function callOf({ tool, filled }: Choice): PlannedCall {
  return { name: tool.name, arguments: filled.arguments };
}

/** One call, or one for each listed thing where the question speaks of all of them. */
function callsOf(goal: Choice, question: Question, results: readonly Result[]): PlannedCall[] {
  const listed = goal.tool.required.find((name) =>
    valuesFromResults(name, results, question).includes(String(goal.filled.arguments[name])),
  );
  if (listed === undefined) return [callOf(goal)];
  const values = valuesFromResults(listed, results, question);
  const named = values.filter((value) => mentions(question, value));
  const all = named.length > 0 ? named : values;
  return all.slice(0, maxAtOnce).map((value) => ({
    name: goal.tool.name,
    arguments: { ...goal.filled.arguments, [listed]: value },
  }));
}

/** The same call for the other addresses or files that a question names. A change is made for one at a time. */
function forOthersNamed({ tool, filled }: Choice, question: Question): PlannedCall[] {
  if (deedOfTool(tool.name) === 'write') return [];
  for (const [name, value] of Object.entries(filled.arguments)) {
    const named = [question.urls, question.paths].find((list) => list.includes(String(value)));
    if (!named) continue;
    const others = named.filter((other) => !Object.values(filled.arguments).includes(other)).slice(0, maxAtOnce - 1);
    return others.map((other) => ({ name: tool.name, arguments: { ...filled.arguments, [name]: other } }));
  }
  return [];
}

function wasMade(call: PlannedCall, results: readonly Result[]): boolean {
  const same = JSON.stringify(call.arguments);
  return results.some((result) => result.tool === call.name && JSON.stringify(result.arguments) === same);
}

/** For questions about rows: first lists the tables, then counts or shows those that the question names. */
function aboutTables(tools: readonly Tool[], question: Question, results: readonly Result[]): PlannedCall[] {
  const queryTool = tools.find(
    (tool) =>
      tool.required.length === 1 &&
      sqlArgument(tool) !== undefined &&
      deedOfTool(tool.name) !== 'write' &&
      deedOfTool(tool.name) !== 'describe',
  );
  const listing = results.at(-1)?.grid && listsTables(results.at(-1)!.tool) ? results.at(-1) : undefined;
  if (!queryTool) return [];
  if (!listing) return results.length === 0 && asksForRows(question) ? listTables(tools, question, results) : [];
  const sql = sqlFor(question, listing.grid!);
  return sql === undefined ? [] : [{ name: queryTool.name, arguments: { [sqlArgument(queryTool)!]: sql } }];
}

function asksForRows(question: Question): boolean {
  const nouns = /\b(?:show|list|which|give)\b(?:\s[\p{L}\p{N}]+){0,4}?\s\p{L}+s\b/iu;
  return /\bhow many\b|\bcount\b|\bnumber of\b/i.test(question.text) || nouns.test(question.text);
}

function listTables(tools: readonly Tool[], question: Question, results: readonly Result[]): PlannedCall[] {
  const tool = tools.find(
    (candidate) => listsTables(candidate.name) && fillArguments(candidate, question, results).missing.length === 0,
  );
  return tool ? [{ name: tool.name, arguments: fillArguments(tool, question, results).arguments }] : [];
}

function listsTables(name: string): boolean {
  const words = plainWords(name).map(stem);
  return words.includes('list') && words.includes('table');
}

function sqlArgument(tool: Tool): string | undefined {
  return tool.required.find((name) => roleOf(name, tool.properties[name] ?? {}, tool) === 'sql');
}

/** A statement that finds what the listing does not say; undefined when it says enough. */
function sqlFor(question: Question, grid: Grid): string | undefined {
  const column = Math.max(
    0,
    grid.columns.findIndex((name) => /^(?:table|name)$/i.test(name)),
  );
  const counts = grid.columns.findIndex((name) => /^rows?$|count/i.test(name));
  const named = grid.rows.filter((row) => mentions(question, row[column]!));
  const wantsCount = /\bhow many\b|\bcount\b|\bnumber of\b|\blargest\b|\bbiggest\b|\bmost rows\b/i.test(question.text);
  if (wantsCount) {
    const chosen = named.length > 0 ? named : grid.rows;
    const unknown = chosen.filter((row) => counts < 0 || numberIn(row[counts]!) === undefined).slice(0, 30);
    // A view without a count does not hide which table is the largest.
    const enough = named.length === 0 && unknown.length < chosen.length;
    return enough || unknown.length === 0 ? undefined : countSql(unknown.map((row) => row[column]!));
  }
  const limit = /\b(?:first|top|limit)\s+(\d{1,3})\b/i.exec(question.text)?.[1] ?? '10';
  return named.length === 0 ? undefined : `SELECT * FROM ${quoteName(named[0]![column]!)} LIMIT ${limit}`;
}

function countSql(names: string[]): string {
  return names
    .map((name) => `SELECT '${name.replaceAll("'", "''")}' AS "table", count(*) AS "rows" FROM ${quoteName(name)}`)
    .join(' UNION ALL ');
}

function quoteName(name: string): string {
  return name
    .split('.')
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join('.');
}
