import { afterAll, beforeAll, expect, test } from 'vitest';
import { POSTGRES_START_TIMEOUT_MS, startTestPostgres, type TestPostgres } from '#test/lib/postgres.ts';
import { testTools, type TestTools } from './testing/database.ts';

let server: TestPostgres;
let tools: TestTools;
beforeAll(async () => {
  server = await startTestPostgres();
  await server.admin('CREATE DATABASE odd');
  const reader = await server.readOnlyRole('odd');
  await server.admin(
    `CREATE TYPE pair AS (a int, b text); CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE DOMAIN short AS text;
     CREATE TABLE empty (); INSERT INTO empty SELECT FROM generate_series(1, 3)`,
    'odd',
  );
  tools = testTools(reader);
}, POSTGRES_START_TIMEOUT_MS);
afterAll(async () => {
  await tools?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

/** What psql shows for an expression, and so what an answer must have. */
const values: [expression: string, shown: string | number | boolean | null][] = [
  [String.raw`'\x00ff10'::bytea`, String.raw`\x00ff10`],
  ["''::bytea", String.raw`\x`],
  ["'NaN'::float8", 'NaN'],
  ["'-Infinity'::float4", '-Infinity'],
  ["'NaN'::numeric", 'NaN'],
  ["'1e400'::numeric % 7", '4'],
  ['0.1::float8 + 0.2::float8', 0.30000000000000004],
  ['1.0::float4 / 3::float4', 0.33333334],
  ["'-0'::float8", -0],
  ['9223372036854775807', '9223372036854775807'],
  ['9007199254740991::bigint', 9007199254740991],
  ['1.10::numeric', '1.10'],
  ["'0.00000000000000000000000000001'::numeric", '0.00000000000000000000000000001'],
  ["'infinity'::date", 'infinity'],
  ["'4713-01-01 BC'::date", '4713-01-01 BC'],
  ["'5874897-12-31'::date", '5874897-12-31'],
  ["'294276-12-31 23:59:59.999999'::timestamp", '294276-12-31 23:59:59.999999'],
  ["'-infinity'::timestamptz", '-infinity'],
  ["'24:00:00'::time", '24:00:00'],
  ["'12:00+05:30'::timetz", '12:00:00+05:30'],
  ["interval '1 year -2 mons 3 days -04:05:06.7'", '10 mons 3 days -04:05:06.7'],
  ["'178000000 years'::interval", '178000000 years'],
  ["'[1,5)'::int4range", '[1,5)'],
  ["'empty'::tsrange", 'empty'],
  ["'{[1,2), [5,6)}'::int4multirange", '{[1,2),[5,6)}'],
  ["'12.34'::money", '$12.34'],
  ["'<a>&amp;</a>'::xml", '<a>&amp;</a>'],
  ["to_tsvector('simple', 'b a')", "'a':2 'b':1"],
  ["'a & !b'::tsquery", "'a' & !'b'"],
  ["'pg_class'::regclass", 'pg_class'],
  ["'lower(text)'::regprocedure", 'lower(text)'],
  ['1259::oid', 1259],
  ['\'{"a": [1, null, "\\u0041"]}\'::jsonb', '{"a": [1, null, "A"]}'],
  ['\'{ "a" : 1 }\'::json', '{ "a" : 1 }'],
  ['ARRAY[ROW(1,\'a "b"\')::pair, NULL]', String.raw`{"(1,\"a \"\"b\"\"\")",NULL}`],
  ['ARRAY[[1,2],[3,4]]', '{{1,2},{3,4}}'],
  ["'[0:1]={1,2}'::int[]", '[0:1]={1,2}'],
  ["ARRAY['NULL', NULL, '', 'a,b']", '{"NULL",NULL,"","a,b"}'],
  ["'{}'::int[]", '{}'],
  ['ROW(NULL, NULL)::pair', '(,)'],
  ['NULL::pair', null],
  ["ROW(1, ROW('x', ARRAY[1]))", '(1,"(x,{1})")'],
  ["'sad'::mood", 'sad'],
  ["ARRAY['sad']::mood[]", '{sad}'],
  ["'x'::short", 'x'],
  ["'ab'::char(5)", 'ab   '],
  ["B'101'", '101'],
  ["'192.168.0.1/24'::inet", '192.168.0.1/24'],
  ["'(1,2)'::point", '(1,2)'],
  ["'0/16B3748'::pg_lsn", '0/16B3748'],
  ["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid", 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
  ["E'a\\tb\\x01c'", 'a\tb\u0001c'],
  ["'\\0'", String.raw`\0`],
  ["''", ''],
  ['NULL', null],
  ['true', true],
  ["'NaN'::text", 'NaN'],
  ["'𝒳é'", '𝒳é'],
];

test.each(values)('%s', async (expression, shown) => {
  const { failed, text, data } = await tools.query(`SELECT ${expression} AS v`);
  expect(failed, text).toBe(false);
  expect(data['rows']).toEqual([[shown]]);
});

test('every shape of columns: none, unnamed, named alike, very many', async () => {
  expect((await tools.query('SELECT FROM empty')).text).toContain('3 rows without columns');
  expect((await tools.query('TABLE empty')).data).toMatchObject({ columns: [], row_count: 3 });
  expect((await tools.query('SELECT FROM empty WHERE false')).text).toContain('No rows.');
  const unnamed = await tools.query(
    'SELECT 1, 2, 3 AS "?column?", 4 AS a, 5 AS a, 6 AS "", 7 AS "a|b"'.replace(', 6 AS ""', ''),
  );
  expect(unnamed.data['rows']).toEqual([[1, 2, 3, 4, 5, 7]]);
  expect((unnamed.data['columns'] as { name: string }[]).map(({ name }) => name)).toEqual([
    '?column?',
    '?column?',
    '?column?',
    'a',
    'a',
    'a|b',
  ]);
  const wide = Array.from({ length: 1_600 }, (_, index) => `${index} AS c${index}`).join(', ');
  const { failed, text, data } = await tools.query(`SELECT ${wide}`);
  expect(failed, text).toBe(false);
  expect((data['rows'] as number[][])[0]).toHaveLength(1_600);
});

test('values of any size are cut at the server, with a marker', async () => {
  const deep = `('[' || repeat('[', 3000) || repeat(']', 3000) || ']')`;
  for (const expression of [
    `${deep}::json`,
    "repeat('x', 50000000)",
    "decode(repeat('ff', 20000000), 'hex')",
    'array_fill(1.5::numeric, ARRAY[100000])',
    "('1' || repeat('0', 100000))::numeric",
    'ARRAY(SELECT ROW(i, $$x$$)::pair FROM generate_series(1, 50000) i)',
    "to_tsvector('simple', (SELECT string_agg('w' || i, ' ') FROM generate_series(1, 30000) i))",
  ]) {
    const { failed, text, data } = await tools.query(`SELECT ${expression} AS v`);
    expect(failed, `${expression}: ${text.slice(0, 200)}`).toBe(false);
    expect(data).toMatchObject({ truncated: true });
    expect(text.length).toBeLessThan(10_000);
    expect(text).toContain('[cut: long values of v');
  }
});

test("times are in the session's zone, whatever it is", async () => {
  const url = await server.readOnlyRole('odd', { role: 'zoned' });
  await server.admin(`ALTER ROLE zoned SET timezone = 'Asia/Kolkata'; ALTER ROLE zoned SET DateStyle = 'German';
    ALTER ROLE zoned SET IntervalStyle = 'iso_8601'; ALTER ROLE zoned SET bytea_output = 'escape'; ALTER ROLE zoned SET lc_monetary = 'C';
    ALTER ROLE zoned SET standard_conforming_strings = off; ALTER ROLE zoned SET extra_float_digits = -5`);
  await using zoned = testTools(url);
  const { data } = await zoned.query(
    `SELECT '2026-01-01 00:00+00'::timestamptz, date '2026-01-02', interval '1 day 02:00', 'a\\x'::text, 0.1::float8 + 0.2::float8`,
  );
  expect(data['rows']).toEqual([
    ['2026-01-01 05:30:00+05:30', '2026-01-02', '1 day 02:00:00', 'a\\x', 0.30000000000000004],
  ]);
});

test.each([
  ['LATIN1', String.raw`E'caf\xe9'`, 'café'],
  ['WIN1252', String.raw`E'\x80 caf\xe9'`, '€ café'],
  ['UTF8', String.raw`E'caf\u00e9'`, 'café'],
])('text of a database in %s', async (encoding, literal, shown) => {
  const database = `enc_${encoding.toLowerCase()}`;
  await server.admin(`CREATE DATABASE ${database} ENCODING '${encoding}' LOCALE 'C' TEMPLATE template0`);
  const url = await server.readOnlyRole(database);
  await server.admin(
    `SET client_encoding = '${encoding}'; CREATE TABLE words (word text); INSERT INTO words VALUES (${literal})`,
    database,
  );
  await using there = testTools(url);
  expect((await there.query('TABLE words')).data['rows']).toEqual([[shown]]);
  expect((await there.query(`SELECT * FROM words WHERE word = '${shown}'`)).data['rows']).toEqual([[shown]]);
  expect((await there.call('postgres_describe_table', { table: 'words' })).failed).toBe(false);
  expect((await there.call('postgres_list_tables')).text).toContain('public.words | table | 1');
  const outside = await there.query("SELECT '漢字'");
  if (encoding !== 'UTF8') expect(outside.text).toMatch(/encoding.*has no such character/);
});

test('bytes that are no text, in a database without an encoding, are told apart from text', async () => {
  await server.admin(`CREATE DATABASE enc_none ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0`);
  const url = await server.readOnlyRole('enc_none');
  await server.admin(
    String.raw`CREATE TABLE words (id int, word text); INSERT INTO words VALUES (1, 'plain'), (2, E'caf\xc3\xa9'), (3, E'caf\xe9')`,
    'enc_none',
  );
  await using there = testTools(url);
  expect((await there.query('SELECT word FROM words WHERE id < 3 ORDER BY id')).data['rows']).toEqual([
    ['plain'],
    ['café'],
  ]);
  const bytes = await there.query(
    "SELECT convert_from(convert(convert_to(word, 'SQL_ASCII'), 'LATIN1', 'UTF8'), 'UTF8') FROM words WHERE id = 3",
  );
  expect(bytes.data['rows']).toEqual([['café']]);
  const broken = await there.query('SELECT word FROM words WHERE id = 3');
  expect(broken.failed).toBe(true);
  expect(broken.text).toContain('convert_from');
});
