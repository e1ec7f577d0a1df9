import { parseSync } from 'libpg-query';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  installedPostgres,
  POSTGRES_START_TIMEOUT_MS,
  startTestPostgres,
  type TestPostgres,
} from '#test/lib/postgres.ts';
import { testTools } from '../testing/database.ts';
import { checkUses } from './catalogue.ts';
import type { Guard, Lookup } from './guard.ts';
import { grammarVersion } from './keywords.ts';
import { parseBody, parseRead } from './parse.ts';

/** Calls that are grammar to PostgreSQL 18 and ordinary functions to some older one. */
const calls = [
  ["json('x')", 'json'],
  ["json_scalar('x')", 'json_scalar'],
  ["json_serialize('x')", 'json_serialize'],
  ["json_value('x', 'y')", 'json_value'],
  ["json_query('x', 'y')", 'json_query'],
  ["json_exists('x', 'y')", 'json_exists'],
  ["json_array('x')", 'json_array'],
  ['json_array()', 'json_array'],
  ["json_arrayagg('x')", 'json_arrayagg'],
  ['json_object()', 'json_object'],
  ["json_object('x', 7)", 'json_object'],
  ["normalize('x')", 'normalize'],
] as const;

const firstToKnowAll = 17;
const old = installedPostgres(firstToKnowAll);
function guard(lookup: Lookup, ...allowed: string[]): Guard {
  return { lookup, allowed: new Set(allowed), parseBody: async (sql) => parseBody(sql) };
}

/** For each name, a function that, with its owner's rights, reads what the reader may not read and writes. */
const definers = calls
  .map(([call, name]) => {
    const args = call
      .slice(name.length)
      .replaceAll(/'[^']*'/g, 'text')
      .replaceAll(/\d/g, 'int');
    return `CREATE FUNCTION public."${name}"${args} RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS
      $f$ BEGIN INSERT INTO ran VALUES ('${name}'); RETURN (SELECT word FROM secret); END $f$;`;
  })
  .join('\n');
const schema = `CREATE TABLE secret (word text); INSERT INTO secret VALUES ('CANARY'); CREATE TABLE ran (name text); ${definers}`;

test.each(calls)('%s counts as a call of that name, wherever it stands', (call, name) => {
  for (const sql of [`SELECT ${call}`, `SELECT 1 FROM t WHERE t.a IN (SELECT b FROM u ORDER BY ${call})`]) {
    expect(parseRead(sql).uses.keywords).toEqual([name]);
  }
});

test('the newest forms count too, and names that only look like them do not', () => {
  const keywords = (sql: string) => parseRead(sql).uses.keywords;
  expect(keywords("SELECT * FROM json_table(d, '$' COLUMNS (x int PATH '$.x'))")).toEqual(['json_table']);
  expect(keywords("SELECT json_objectagg(k: v) FROM json_scalar('x') AS s(k)")).toEqual(
    expect.arrayContaining(['json_objectagg', 'json_scalar']),
  );
  expect(keywords('SELECT json_scalar, "json_array", t.json_value FROM json_table AS t')).toEqual([]);
});

test('the table of keywords is that of the parser', () => {
  expect(Math.floor((parseSync('SELECT 1') as { version: number }).version / 10_000)).toBe(grammarVersion);
});

describe('the grammar of the server decides', () => {
  let server: TestPostgres;
  let client: Client;
  const lookup: Lookup = async (sql, values) => (await client.query(sql, values)).rows as Record<string, unknown>[];
  /** The catalogue of a server that has none of these words. */
  const withoutWords: Lookup = (sql, values) => {
    const words = calls.map(([, name]) => `'${name}'`).join(', ');
    const older = `(select * from pg_catalog.pg_get_keywords() where word not in (${words}))`;
    return lookup(sql.replaceAll('pg_catalog.pg_get_keywords()', older), values);
  };

  beforeAll(async () => {
    server = await startTestPostgres();
    await server.admin(schema);
    client = new Client({ connectionString: server.adminUrl() });
    await client.connect();
  }, POSTGRES_START_TIMEOUT_MS);
  afterAll(async () => {
    await client?.end();
    await server?.[Symbol.asyncDispose]();
  });

  test.each(calls)('%s is a function where it is no keyword', async (call, name) => {
    const { uses } = parseRead(`SELECT ${call}`);
    await expect(checkUses(uses, guard(withoutWords))).rejects.toThrow(`The function ${name} is refused`);
  });

  test.each(calls)('%s is none where it is one', async (call, name) => {
    const [row] = await lookup(`select 1 from pg_get_keywords() where word = $1 and catcode in ('C', 'R')`, [name]);
    const judged = checkUses(parseRead(`SELECT ${call}`).uses, guard(lookup));
    if (row) await expect(judged).resolves.toBeUndefined();
    else await expect(judged).rejects.toThrow('is refused');
  });

  test('what only a newer server than the parser takes for grammar is refused', async () => {
    // A parser before 13 would take normalize for a call; the quotes make it one for this parser.
    const { uses } = parseRead(`SELECT "normalize"('x'), "coalesce"(1), lower('X'), substring('abc', 2)`);
    const newer: Lookup = (sql, values) => lookup(sql, sql.includes('pg_get_keywords') ? values.with(2, 10) : values);
    await expect(checkUses(uses, guard(newer, 'normalize'))).rejects.toThrow('newer than PostgreSQL');
    const plain = parseRead(`SELECT lower('X'), substring('abc', 2), overlay('abc' placing 'x' from 2)`);
    await expect(checkUses(plain.uses, guard(newer))).resolves.toBeUndefined();
    await expect(checkUses(uses, guard(lookup, 'normalize'))).resolves.toBeUndefined();
  });
});

const why =
  old === undefined ? ` (no PostgreSQL before ${firstToKnowAll} is installed: apt-get install postgresql-15)` : '';

describe.skipIf(old === undefined)(`a real older server${why}`, () => {
  test('runs no function of such a name', { timeout: 120_000 }, async () => {
    await using server = await startTestPostgres({ before: firstToKnowAll });
    await server.admin(schema);
    await using tools = testTools(await server.readOnlyRole('postgres'));
    const wrong: string[] = [];
    for (const [call] of calls) {
      for (const sql of [`SELECT ${call}`, `SELECT * FROM ${call} AS f`]) {
        const { text } = await tools.query(sql);
        // NORMALIZE is grammar since 13, and json_object of a text is the built-in function.
        const harmless = /is refused|does not exist|does not parse/.test(text) || call.startsWith('normalize');
        if (text.includes('CANARY') || !harmless) wrong.push(`${sql}: ${text}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(await server.admin('SELECT name FROM ran')).toEqual([]);
  });
});
