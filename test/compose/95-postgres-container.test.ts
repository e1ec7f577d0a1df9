import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { socketOf } from '#mcp/postgres/db/wire.ts';
import { testTools, type TestTools } from '#mcp/postgres/testing/database.ts';
import { startServiceContainer, type ServiceContainer } from './containers.ts';

// Tests the demo database as compose.yaml has it, in a container of its own: the image makes it from demo.sql,
// reader.sh and role.sql, and the tools read it with the URL of the stack's secret.

/** Runs for as long as it is allowed to. */
const endless = 'SELECT count(*) FROM (SELECT generate_series(1, 100000000000)) AS g';
const patience = { timeout: 60_000 };
/** A limit, in milliseconds, that no test waits for. */
const longer = 300_000;

let container: ServiceContainer;
let readerUrl: string;
let tools: TestTools;

beforeAll(async () => {
  container = await startServiceContainer('postgres', 5432);
  const url = new URL(container.secrets['postgres-reader']?.['url'] ?? '');
  url.host = `127.0.0.1:${container.port}`;
  readerUrl = url.href;
  tools = testTools(readerUrl, { POSTGRES_STATEMENT_TIMEOUT_MS: longer });
});
afterAll(async () => {
  await tools?.[Symbol.asyncDispose]();
  await container?.[Symbol.asyncDispose]();
});

test('the tools read what the image laid out, with the role that it made', async () => {
  expect((await tools.call('postgres_list_tables')).text).toContain('order_items');
  const { data } = await tools.query('SELECT current_user::text, count(*) > 0 FROM orders');
  expect(data['rows']).toEqual([['dragoman_ro', true]]);
});

test('who may write is no reader: the operator is told', async () => {
  await using writing = testTools(adminUrl());
  const { failed, text } = await writing.query('SELECT 1');
  expect(failed).toBe(true);
  expect(text).toContain('superuser');
});

test.each([
  'DELETE FROM order_items',
  `UPDATE orders SET status = 'paid'`,
  'CREATE TABLE mine (id int)',
  'CREATE TEMP TABLE mine (id int)',
  `SELECT pg_read_file('/run/secrets/postgres-admin/password')`,
  `COPY orders TO PROGRAM 'cat'`,
  'SET ROLE postgres',
])('the role alone cannot: %s', async (sql) => {
  const role = await connected(readerUrl);
  await role.query('SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE');
  await expect(role.query(sql)).rejects.toMatchObject({ code: '42501' });
  await role.end();
});

test('the transaction alone keeps a role that may write from writing', async () => {
  await admin('GRANT UPDATE ON products TO dragoman_ro');
  await admin(`CREATE FUNCTION restock() RETURNS int LANGUAGE sql AS 'UPDATE products SET stock = 0 RETURNING 1'`);
  await using careless = testTools(readerUrl, {
    POSTGRES_ALLOW_WRITABLE_ROLE: 'true',
    POSTGRES_ALLOWED_FUNCTIONS: 'restock',
  });
  expect((await careless.query('SELECT restock()')).text).toContain('The query would write');
  expect(await admin('SELECT sum(stock) > 0 AS stocked FROM products')).toEqual([{ stocked: true }]);
  await admin('DROP FUNCTION restock; REVOKE UPDATE ON products FROM dragoman_ro');
});

test('a call that is stopped is cancelled at the server, which does not look after its client here', async () => {
  await admin('ALTER ROLE dragoman_ro SET client_connection_check_interval = 0');
  await using stopped = testTools(readerUrl, { POSTGRES_STATEMENT_TIMEOUT_MS: longer });
  const controller = new AbortController();
  const call = stopped.call('postgres_query', { query: endless }, controller.signal);
  await expect.poll(running, patience).toBe(1);
  controller.abort();
  expect((await call).text).toBe('postgres_query was stopped before it finished.');
  await expect.poll(running, patience).toBe(0);
  await admin(`ALTER ROLE dragoman_ro SET client_connection_check_interval = '1s'`);
});

test('a client that is gone without a word does not leave its query running', async () => {
  const client = await connected(readerUrl);
  client.on('error', () => undefined);
  await client.query(`SET statement_timeout = ${longer}`);
  const lost = client.query(endless).catch((error: Error) => error.message);
  await expect.poll(running, patience).toBe(1);
  socketOf(client).destroy();
  expect(await lost).toContain('Connection terminated');
  await expect.poll(running, patience).toBe(0);
});

test('a statement ends at its time limit, and an answer at its number of rows', async () => {
  await using limited = testTools(readerUrl, { POSTGRES_STATEMENT_TIMEOUT_MS: 300, POSTGRES_MAX_ROWS: 5 });
  expect((await limited.query(endless)).text).toMatch(/^The query was stopped after 0\.3 s\./);
  await expect.poll(running, patience).toBe(0);
  expect((await limited.query('TABLE orders')).data).toMatchObject({ row_count: 5, truncated: true });
});

test('killed under a query: told in a sentence, also while it is away; the same tools go on when it is back', async () => {
  const cut = tools.query(endless);
  await expect.poll(running, patience).toBe(1);
  await container.kill();
  expect(await cut).toMatchObject({
    failed: true,
    text: 'The connection to the database was lost or none was free in time. Try again in a moment.',
  });
  expect(await tools.query('SELECT 1')).toMatchObject({
    failed: true,
    text: 'The database cannot be reached now. Tell the user; trying again at once is unlikely to help.',
  });
  await container.start();
  expect((await tools.query('SELECT count(*) > 0 FROM orders')).data['rows']).toEqual([[true]]);
});

/**
 * How many run now. The tools first ask for the columns alone (LIMIT 0), which ends by itself and proves nothing, so
 * that is not counted.
 */
async function running(): Promise<unknown> {
  const [row] = await admin(
    `SELECT count(*)::int AS n FROM pg_stat_activity
      WHERE usename = 'dragoman_ro' AND state = 'active' AND query LIKE '%100000000000%'
        AND query NOT LIKE '%LIMIT 0'`,
  );
  return row?.['n'];
}

async function admin(sql: string): Promise<Record<string, unknown>[]> {
  const client = await connected(adminUrl());
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

function adminUrl(): string {
  return `postgres://postgres:${container.secrets['postgres-admin']?.['password']}@127.0.0.1:${container.port}/shop`;
}

async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}
