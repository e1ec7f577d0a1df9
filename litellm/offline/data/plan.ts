import { tellingFirst } from '../choose-tool.ts';
import { deedOfTool, deedsOf } from '../deeds.ts';
import { roleOf } from '../fill-arguments.ts';
import { GOES_ON, type Question } from '../question.ts';
import type { Tool } from '../request.ts';
import type { Result } from '../results.ts';
import type { Turn } from '../wire.ts';
import { contentWords } from '../words.ts';
import type { FoundValue } from './conditions.ts';
import type { DataQuery } from './query.ts';
import { candidates, readData, type Reading } from './read.ts';
import { describesTable, listsTables, readSchema, type Schema } from './schema.ts';
import { sqlOf } from './sql.ts';
import { foundCountries, readFound, searchSql } from './values.ts';
import { misspelt } from './spelling.ts';
import { wordData, wordMisspelt, wordUnknown } from './word.ts';

/** How many tables are looked at; in a larger database those that the question names. */
const maxTables = 8;

/**
 * Answers questions about the rows of a database: lists the tables, describes them, looks where words of the question
 * stand in them, asks, and says what was found and how the question was read. Undefined for a question about something
 * else.
 */
export function nextDataTurn(tools: readonly Tool[], asked: Asked, results: readonly Result[]): Turn | undefined {
  const { question, before } = asked;
  const needed = dataTools(tools);
  if (!needed || !mayBeAboutRows(question)) return undefined;
  const [first] = textsBefore(before).slice(-1);
  if (first !== undefined && GOES_ON.test(question.text) && ELSEWHERE.test(first)) return undefined;
  const schema = readSchema(results);
  if (schema.listed.length === 0) {
    const wasListed = results.some(({ tool }) => tool === needed.list.name);
    return wasListed ? undefined : { text: '', calls: [{ name: needed.list.name, arguments: {} }] };
  }
  const undescribed = tablesFor(schema, question).filter((name) => !schema.tables.some((table) => table.name === name));
  const wasTried = results.some(({ tool }) => tool === needed.describe.name);
  if (undescribed.length > 0 && !wasTried) {
    const argument = needed.describe.required[0]!;
    return {
      text: '',
      calls: undescribed.map((name) => ({ name: needed.describe.name, arguments: { [argument]: name } })),
    };
  }
  return afterSchema(asked, schema, results, (sql) => ({ name: needed.query.name, arguments: { [needed.sql]: sql } }));
}

export interface Asked {
  question: Question;
  /** The question before, which a short one may go on from. */
  before: Question | undefined;
}

type Call = (sql: string) => { name: string; arguments: Record<string, unknown> };

function afterSchema(
  { question, before }: Asked,
  schema: Schema,
  results: readonly Result[],
  call: Call,
): Turn | undefined {
  const read = (found: readonly FoundValue[]): Reading => readWith(question.text, before, schema, found);
  let reading = read([]);
  if (!reading.isAboutRows) {
    const typo = misspelt(question.text, schema);
    return typo && { text: wordMisspelt(typo, schema) };
  }
  if (reading.unknown.length > 0) {
    const words = candidates(reading, [question.text, ...textsBefore(before)].join(' '));
    const countries = foundCountries(words, schema);
    const sql = searchSql(
      words.filter((word) => !countries.some((each) => each.word === word)),
      schema,
    );
    const search = sql === undefined ? undefined : resultOf(results, sql);
    reading = read(countries);
    if (reading.unknown.length > 0 && sql !== undefined && !search) return { text: '', calls: [call(sql)] };
    if (reading.unknown.length > 0) reading = read([...countries, ...readFound(search?.grid, schema)]);
  }
  if (!reading.query || reading.unknown.length > 0) return { text: wordUnknown(reading.unknown, schema) };
  const sql = sqlOf(reading.query, schema);
  const result = resultOf(results, sql);
  return result ? { text: wordData(reading.query, result.grid, result.text) } : { text: '', calls: [call(sql)] };
}

/** What an earlier question said, and those from which it went on, the latest first. */
function textsBefore(before: Question | undefined): string[] {
  return before ? [before.text, ...textsBefore(before.before)] : [];
}

function readWith(text: string, before: Question | undefined, schema: Schema, found: readonly FoundValue[]): Reading {
  const goesOn = before !== undefined && GOES_ON.test(text);
  if (!goesOn) return readData(text, schema, { found });
  const earlier = readWith(before.text, before.before, schema, found);
  if (!earlier.query) return earlier.isAboutRows ? earlier : readData(text, schema, { found });
  if (/^\W*(?:and )?which (?:ones|are they)\W*$/i.test(text))
    return { ...earlier, query: rowsOf(earlier.query, schema) };
  const rest = text.replace(GOES_ON, ' in ');
  const next = readData(rest, schema, { found, before: earlier.query });
  return { ...next, isAboutRows: true, unknown: [...earlier.unknown, ...next.unknown] };
}

/** The rows that were counted. */
function rowsOf({ table, filters }: DataQuery, schema: Schema): DataQuery {
  const columns = schema.tables.find(({ name }) => name === table)!.columns.slice(0, 6);
  return { table, filters, select: { kind: 'rows', columns } };
}

function resultOf(results: readonly Result[], sql: string): Result | undefined {
  return results.find(({ arguments: args }) => Object.values(args).includes(sql));
}

/** Things that other tools are about, and the database as such. */
const ELSEWHERE =
  /\b(?:buckets?|objects?|files?|folders?|director(?:y|ies)|workspace|pages?|websites?|url|tables?|columns?|databases?|schemas?|sql|tools?|what time|time is it|how late|what day|what date|today['’]?s date|date is it)\b/i;

function mayBeAboutRows(question: Question): boolean {
  const { sql, urls, paths, text } = question;
  if (sql !== undefined || urls.length > 0 || paths.length > 0 || text.length > 400) return false;
  return (
    deedsOf(question)[0] !== 'write' && !ELSEWHERE.test(text) && (contentWords(text).length > 0 || GOES_ON.test(text))
  );
}

interface DataTools {
  list: Tool;
  describe: Tool;
  query: Tool;
  sql: string;
}

/** The three tools of one system: those whose names begin alike. */
function dataTools(tools: readonly Tool[]): DataTools | undefined {
  const lists = tellingFirst(tools).filter((tool) => listsTables(tool.name) && tool.required.length === 0);
  for (const list of lists) {
    const family = /^(.*?)list/.exec(list.name)?.[1] ?? '';
    const own = tools.filter(({ name }) => name.startsWith(family));
    const describe = own.find((tool) => describesTable(tool.name) && tool.required.length === 1);
    const query = own.find((tool) => {
      const deed = deedOfTool(tool.name);
      return tool.required.length === 1 && sqlArgument(tool) !== undefined && deed !== 'write' && deed !== 'describe';
    });
    if (describe && query) return { list, describe, query, sql: sqlArgument(query)! };
  }
  return undefined;
}

function sqlArgument(tool: Tool): string | undefined {
  return tool.required.find((name) => roleOf(name, tool.properties[name] ?? {}, tool) === 'sql');
}

function tablesFor({ listed }: Schema, question: Question): string[] {
  if (listed.length <= maxTables) return listed;
  const words = contentWords(question.text);
  return listed.filter((name) => contentWords(name).some((word) => words.includes(word))).slice(0, maxTables);
}
