import { afterAll, beforeAll, expect, test } from 'vitest';
import { POSTGRES_START_TIMEOUT_MS } from '#test/lib/postgres.ts';
import { startTestShop, type TestShop } from '#test/lib/shop.ts';
import { testTools, type TestTools } from '../testing/database.ts';

let server: TestShop;
let tools: TestTools;

beforeAll(async () => {
  server = await startTestShop();
  await server.admin(
    `CREATE TABLE "Mixed Case" ("Key" int PRIMARY KEY, doubled int GENERATED ALWAYS AS ("Key" * 2) STORED);
     CREATE SCHEMA a; CREATE TABLE a.twin (id int); CREATE SCHEMA b; CREATE TABLE b.twin (id int);
     CREATE TABLE salaries (id int)`,
    'shop',
  );
  tools = testTools(await server.readOnlyRole('shop', { schemas: 'public,a,b' }));
  await server.admin('REVOKE SELECT ON salaries FROM dragoman_ro', 'shop');
}, POSTGRES_START_TIMEOUT_MS);

afterAll(async () => {
  await tools?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

const describeTable = (table: string, more: object = {}) => tools.call('postgres_describe_table', { table, ...more });

test('columns, keys in both directions, checks and indexes', async () => {
  const { text, data } = await describeTable('orders');
  expect(data).toMatchObject({ schema: 'public', name: 'orders', kind: 'table', primary_key: ['id'] });
  expect(data['columns']).toContainEqual({
    name: 'ordered_at',
    type: 'timestamp with time zone',
    nullable: false,
    default: null,
    comment: null,
  });
  const definitions = JSON.stringify(data);
  expect(definitions).toContain('FOREIGN KEY (customer_id) REFERENCES customers(id)');
  expect(definitions).toContain('order_items: FOREIGN KEY (order_id)');
  expect(definitions).toContain("'delivered'");
  expect(data['indexes']).toMatchObject([{ name: 'orders_pkey' }, {}, { name: 'orders_ordered_at_idx' }]);
  expect(text).toContain('| id | integer | no | IDENTITY |');
  expect((await describeTable('products')).text).toContain('Euro, with tax');
});

test.each(['Mixed Case', '"Mixed Case"', 'public."Mixed Case"'])('%s is found', async (name) => {
  const { data } = await describeTable(name);
  expect(data).toMatchObject({ name: 'Mixed Case', primary_key: ['Key'] });
  expect(JSON.stringify(data['columns'])).toContain('GENERATED: (');
});

test('a name in the wrong case or with its schema is found, a view as well', async () => {
  expect((await describeTable('PUBLIC.Orders')).data).toMatchObject({ name: 'orders' });
  expect((await describeTable('monthly_revenue')).data).toMatchObject({ kind: 'view' });
  expect((await describeTable('twin', { schema: 'b' })).data).toMatchObject({ schema: 'b' });
});

test('what is ambiguous, near or out of reach is told', async () => {
  expect((await describeTable('twin')).text).toBe(
    'Several schemas have a table "twin": a.twin, b.twin. Name the schema.',
  );
  expect((await describeTable('customer')).text).toContain('Did you mean public.customers?');
  const hidden = await describeTable('salaries');
  expect(hidden.failed).toBe(true);
  expect(hidden.text).toContain("public.salaries is there, but this tool's role may not read it");
});

test('a name is a value, never SQL', async () => {
  const { failed, text } = await describeTable(`orders'; DROP TABLE orders; --`);
  expect(failed).toBe(true);
  expect(text).toContain('no readable table');
});

test('a NUL is named, and no encoding is blamed for it', async () => {
  expect((await describeTable('x\0y')).text).toBe('The call holds a NUL character; send plain text.');
  const { text } = await tools.query('SELECT chr(0)');
  expect(text).toContain('null character not permitted');
  expect(text).not.toContain('Ask for less');
});
