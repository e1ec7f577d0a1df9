import { afterAll, beforeAll, expect, test } from 'vitest';
import { POSTGRES_START_TIMEOUT_MS } from '#test/lib/postgres.ts';
import { startTestShop, type TestShop } from '#test/lib/shop.ts';
import { testTools, type TestTools } from '../testing/database.ts';

let server: TestShop;
let tools: TestTools;

beforeAll(async () => {
  server = await startTestShop();
  tools = testTools(server.readerUrl, {
    POSTGRES_MAX_ROWS: 50,
    POSTGRES_MAX_BYTES: 20_000,
    POSTGRES_MAX_CELL_CHARS: 100,
  });
}, POSTGRES_START_TIMEOUT_MS);

afterAll(async () => {
  await tools?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

test('rows with names and types; nothing loses a digit', async () => {
  const { text, data } = await tools.query(
    `SELECT 9007199254740993 AS big, 12.50::numeric(6,2) AS price, true AS yes, NULL::int AS none, 'a|b' AS bar,
            '{"n": 1}'::jsonb AS doc, ARRAY[1,2] AS list, '2026-02-03'::date AS day, 0.1::float8 AS share, 7 AS seven`,
  );
  expect(data['rows']).toEqual([
    ['9007199254740993', '12.50', true, null, 'a|b', '{"n": 1}', '{1,2}', '2026-02-03', 0.1, 7],
  ]);
  expect(data['columns']).toContainEqual({ name: 'price', type: 'numeric(6,2)' });
  expect(data).toMatchObject({ row_count: 1, truncated: false });
  expect(text).toContain('a\\|b');
});

test('more rows than the limit are cut with a marker; fewer can be asked for', async () => {
  const many = await tools.query('SELECT id FROM orders ORDER BY id');
  expect(many.data).toMatchObject({ row_count: 50, truncated: true });
  expect(many.text).toContain('[cut: first 50 rows shown, more exist; add ORDER BY with LIMIT/OFFSET');
  expect((await tools.query('TABLE orders', { max_rows: 3 })).data).toMatchObject({ row_count: 3, truncated: true });
  const over = await tools.query('TABLE orders', { max_rows: 1_000 });
  expect(over.text).toContain('[max_rows is limited to 50 here]');
  expect((await tools.query('TABLE products')).data).toMatchObject({ row_count: 24, truncated: false });
});

test('long values and wide rows are cut with a marker that says how to go on', async () => {
  const { text, data } = await tools.query(`SELECT repeat('é', 60) || repeat('x', 50000000) AS long`);
  const [[value]] = data['rows'] as [[string]];
  expect(value).toBe(`${'é'.repeat(60)}${'x'.repeat(40)}…[cut after 100 characters]`);
  expect(text).toContain('substr(column::text, 101, 100)');
  const next = await tools.query(
    `SELECT substr(long::text, 101, 100) FROM (SELECT repeat('é', 60) || repeat('x', 150) AS long) q`,
  );
  expect(next.data).toMatchObject({ rows: [['x'.repeat(100)]], truncated: false });
  const columns = Array.from({ length: 5 }, (_, index) => `repeat('y', 90) AS c${index}`).join(', ');
  const wide = await tools.query(`SELECT ${columns} FROM generate_series(1, 50)`);
  expect(wide.data['truncated']).toBe(true);
  expect(wide.data['row_count']).toBeLessThan(50);
  expect(wide.text).toContain("(the answer's size is limited)");
  expect(wide.text.length).toBeLessThan(30_000);
});

test('no rows still show the columns', async () => {
  expect((await tools.query('SELECT id, name FROM products WHERE false')).text).toBe('No rows.\nColumns: id, name');
});

test('mistakes come back as sentences that help', async () => {
  const sentence = async (sql: string) => (await tools.query(sql)).text;
  expect(await sentence('SELECT * FROM oders')).toMatch(
    /"oders" does not exist \(at character 15\).*postgres_list_tables/s,
  );
  expect(await sentence('SELECT pric FROM products')).toMatch(/"pric" does not exist.*postgres_describe_table/s);
  expect(await sentence('SELECT 1 / 0')).toContain('nullif');
  expect(await sentence('SELEC 1')).toContain('does not parse as PostgreSQL');
  expect(await sentence('SELECT $1')).toContain('write the values into the query');
  expect(await sentence('')).toContain('The query is empty');
});

test('writing, locking and functions with effects are refused by name', async () => {
  const sentence = async (sql: string) => {
    const { failed, text } = await tools.query(sql);
    expect(failed).toBe(true);
    return text;
  };
  expect(await sentence('UPDATE orders SET status = status')).toContain('UPDATE is refused');
  expect(await sentence('WITH d AS (DELETE FROM orders RETURNING 1) TABLE d')).toContain('DELETE writes');
  expect(await sentence('SELECT * FROM orders FOR UPDATE')).toContain('lock rows');
  expect(await sentence('SELECT * INTO copy FROM orders')).toContain('INTO');
  expect(await sentence('SELECT pg_advisory_lock(1)')).toContain('pg_advisory_lock is refused');
  expect(await sentence('SELECT 1; SELECT 2')).toContain('2 statements');
});

test('an allowed function may be called, others of its kind not', async () => {
  await server.admin(
    `CREATE FUNCTION net(numeric) RETURNS numeric LANGUAGE plpgsql AS 'BEGIN RETURN round($1 / 1.19, 2); END';
     CREATE FUNCTION gross(numeric) RETURNS numeric LANGUAGE plpgsql AS 'BEGIN RETURN round($1 * 1.19, 2); END'`,
    'shop',
  );
  await using more = testTools(server.readerUrl, { POSTGRES_ALLOWED_FUNCTIONS: 'net' });
  expect((await more.query('SELECT net(119)')).data['rows']).toEqual([['100.00']]);
  expect((await more.query('SELECT gross(100)')).text).toContain('gross is refused');
  expect((await tools.query('SELECT net(119)')).text).toContain('net is refused');
});
