import { afterAll, beforeAll, expect, test } from 'vitest';
import { POSTGRES_START_TIMEOUT_MS } from '#test/lib/postgres.ts';
import { startTestShop, type TestShop } from '#test/lib/shop.ts';
import { testTools, type TestTools } from '../testing/database.ts';

let server: TestShop;
let tools: TestTools;

beforeAll(async () => {
  server = await startTestShop();
  tools = testTools(server.readerUrl);
}, POSTGRES_START_TIMEOUT_MS);

afterAll(async () => {
  await tools?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

const explain = (query: string) => tools.call('postgres_explain', { query });

test('the plan, without running the query', async () => {
  const { text, data } = await explain('SELECT * FROM orders o JOIN customers c ON c.id = o.customer_id;');
  expect(text).toMatch(/Join .*cost=.*rows=/);
  expect(data).toMatchObject({ truncated: false });
  expect((await explain('SELECT sum(g) FROM generate_series(1, 100000000000) g')).failed).toBe(false);
});

test('what is no SELECT, or has EXPLAIN in front already, is refused', async () => {
  expect((await explain('EXPLAIN SELECT 1')).text).toContain('without EXPLAIN in front');
  expect((await explain('SHOW search_path')).text).toContain('Only a SELECT can be explained');
  expect((await explain('DELETE FROM orders')).text).toContain('DELETE is refused');
  expect((await explain('SELECT 1; DELETE FROM orders')).text).toContain('2 statements');
});

test.each([
  'ANALYZE',
  'analyze verbose',
  '(ANALYZE)',
  '/* a */ ANALYZE',
  '(FORMAT JSON, ANALYZE ON)',
  'EXPLAIN ANALYZE',
  'ExPlAiN (aNaLyZe)',
  'EXPLAIN/**/ANALYZE/**/',
  'EXPLAIN (ANALYZE false, ANALYZE true)',
])('nothing that is put in front runs the query: %s', async (option) => {
  const { failed, text } = await explain(`${option} SELECT count(*) FROM orders`);
  expect(text).not.toContain('actual');
  expect(failed).toBe(true);
});

test('EXPLAIN and SHOW run through the query tool, with the same guard', async () => {
  const measured = await tools.query('EXPLAIN (ANALYZE, COSTS OFF) SELECT count(*) FROM orders');
  expect(measured.text).toContain('actual time');
  expect((await tools.query('EXPLAIN ANALYZE DELETE FROM orders')).failed).toBe(true);
  expect((await tools.query('SHOW transaction_read_only')).data['rows']).toEqual([['on']]);
});
