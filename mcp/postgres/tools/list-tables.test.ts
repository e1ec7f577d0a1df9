import { afterAll, beforeAll, expect, test } from 'vitest';
import { POSTGRES_START_TIMEOUT_MS } from '#test/lib/postgres.ts';
import { startTestShop, type TestShop } from '#test/lib/shop.ts';
import { testTools, type TestTools } from '../testing/database.ts';

let server: TestShop;
let tools: TestTools;

beforeAll(async () => {
  server = await startTestShop();
  await server.admin(
    `CREATE SCHEMA archive; CREATE TABLE archive.orders (id int); INSERT INTO archive.orders VALUES (1), (2);
     CREATE TABLE salaries (id int, amount int); CREATE TABLE partly (id int, secret text);
     CREATE MATERIALIZED VIEW later AS SELECT 1 AS one WITH NO DATA;
     CREATE TABLE events (at date) PARTITION BY RANGE (at);
     CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')`,
    'shop',
  );
  const url = await server.readOnlyRole('shop', { schemas: 'public,archive' });
  await server.admin(
    `REVOKE SELECT ON salaries, partly FROM dragoman_ro; GRANT SELECT (id) ON partly TO dragoman_ro`,
    'shop',
  );
  tools = testTools(url);
}, POSTGRES_START_TIMEOUT_MS);

afterAll(async () => {
  await tools?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

interface Row {
  schema: string;
  name: string;
  kind: string;
  rows: number | null;
  rows_exact: boolean;
}

test('what can be read, with counts, most rows first', async () => {
  const { text, data } = await tools.call('postgres_list_tables');
  const tables = data['tables'] as Row[];
  const [{ count }] = (await server.admin('SELECT count(*)::int AS count FROM order_items', 'shop')) as [
    { count: number },
  ];
  expect(tables[0]).toMatchObject({ schema: 'public', name: 'order_items', rows: count, rows_exact: true });
  const names = tables.map(({ schema, name }) => `${schema}.${name}`);
  expect(names).toContain('archive.orders');
  expect(names).not.toContain('public.salaries');
  expect(names).not.toContain('public.events_2026');
  expect(Object.fromEntries(tables.map(({ name, kind }) => [name, kind]))).toMatchObject({
    monthly_revenue: 'view',
    later: 'materialized view',
    events: 'partitioned table',
  });
  expect(text).toContain('| public.products | table | 24 |');
  expect(text).toContain('What the shop sells');
});

test('one schema alone; a schema that is not there', async () => {
  const archive = await tools.call('postgres_list_tables', { schema: 'archive' });
  expect(archive.data['tables']).toMatchObject([{ schema: 'archive', name: 'orders', rows: 2 }]);
  const { failed, text } = await tools.call('postgres_list_tables', { schema: 'nope' });
  expect(failed).toBe(true);
  expect(text).toBe('There is no readable schema "nope". The schemas are: archive, information_schema, public.');
});

test('very many tables are cut with a marker', async () => {
  await server.admin('CREATE SCHEMA wide', 'shop');
  await server.admin(
    `DO $$ BEGIN FOR i IN 1..301 LOOP EXECUTE format('CREATE TABLE wide.t%s (id int)', i); END LOOP; END $$`,
    'shop',
  );
  await server.readOnlyRole('shop', { schemas: 'wide' });
  const { text, data } = await tools.call('postgres_list_tables', { schema: 'wide' });
  expect(data).toMatchObject({ truncated: true });
  expect(data['tables']).toHaveLength(300);
  expect(text).toContain('[cut: 300 tables shown, more exist;');
});
