import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { POSTGRES_START_TIMEOUT_MS } from '#test/lib/postgres.ts';
import { startTestShop, type TestShop } from '#test/lib/shop.ts';
import { testTools } from '../testing/database.ts';

let server: TestShop;
beforeAll(async () => {
  server = await startTestShop();
}, POSTGRES_START_TIMEOUT_MS);
afterAll(() => server?.[Symbol.asyncDispose]());

/**
 * Works as the role itself, without our guard and in a transaction that may write, so that only the role's rights are
 * in the way.
 */
async function asRole<T>(work: (run: (sql: string) => Promise<string>) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: server.readerUrl });
  await client.connect();
  await client.query('SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE');
  try {
    return await work(async (sql) => {
      try {
        await client.query(sql);
        return 'done';
      } catch (error) {
        return (error as { code: string }).code;
      }
    });
  } finally {
    await client.end();
  }
}

test.each([
  'INSERT INTO products (sku, name, category, price, stock) VALUES (1, 1, 1, 1, 1)',
  'UPDATE orders SET status = status',
  'DELETE FROM order_items',
  'TRUNCATE customers CASCADE',
  'CREATE TABLE public.mine (id int)',
  'CREATE TEMP TABLE mine (id int)',
  'CREATE SCHEMA mine',
  'SELECT lo_creat(-1)',
  `SELECT lo_from_bytea(0, 'x')`,
  'SELECT pg_advisory_lock(1)',
  `SELECT pg_notify('x', 'y')`,
  `SELECT pg_logical_emit_message(false, 'x', 'y')`,
  `SELECT set_config('work_mem', '1GB', false)`,
  'SELECT pg_sleep(0)',
  'SELECT pg_terminate_backend(0)',
  `SELECT query_to_xml('select 1', true, true, '')`,
  `SELECT pg_read_file('/etc/passwd')`,
  `COPY orders TO '/tmp/x'`,
  `COPY (SELECT 1) TO PROGRAM 'true'`,
  'CREATE ROLE other',
  'ALTER ROLE dragoman_ro SUPERUSER',
  'SET ROLE postgres',
])('the role alone cannot: %s', async (sql) => {
  expect(await asRole((run) => run(sql))).toBe('42501');
});

test('it reads, and is limited by settings of its own', async () => {
  expect(await asRole((run) => run('SELECT count(*) FROM orders'))).toBe('done');
  const [row] = await server.admin(
    `SELECT rolconfig::text AS settings, rolinherit FROM pg_roles WHERE rolname = 'dragoman_ro'`,
  );
  expect(row).toMatchObject({ rolinherit: false });
  for (const setting of [
    'default_transaction_read_only=on',
    'statement_timeout=60s',
    'lock_timeout=2s',
    'temp_file_limit',
  ])
    expect(row?.['settings']).toContain(setting);
});

test('the script may run again, changes no password that is not given, and covers later tables', async () => {
  await server.admin('CREATE TABLE later (id int)', 'shop');
  await server.readOnlyRole('shop');
  await using tools = testTools(server.readerUrl);
  expect((await tools.query('TABLE later')).failed).toBe(false);
});

test('other roles keep what the script takes from everybody', async () => {
  await server.admin(`CREATE ROLE app LOGIN PASSWORD 'app'`);
  await server.admin('CREATE DATABASE shared');
  await server.readOnlyRole('shared');
  const client = new Client({ connectionString: server.url('app', 'app', 'shared') });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock(1), pg_notify($1, $2)', ['a', 'b']);
    await client.query('CREATE TEMP TABLE mine (id int)');
  } finally {
    await client.end();
  }
});

test('a role with too many rights is refused before any query', async () => {
  await using superuser = testTools(server.adminUrl('shop'), { POSTGRES_ALLOW_WRITABLE_ROLE: 'true' });
  expect((await superuser.query('SELECT 1')).text).toContain('is a superuser; no query is run with it');
  await expect(superuser.domain.check()).rejects.toThrow('mcp/postgres/role.sql');

  await server.admin(`CREATE ROLE writer LOGIN PASSWORD 'w'; GRANT SELECT, UPDATE ON orders TO writer`, 'shop');
  const url = server.url('writer', 'w', 'shop');
  await using writer = testTools(url);
  expect((await writer.query('SELECT 1')).text).toMatch(/may change data \(write on orders/);
  await using accepted = testTools(url, { POSTGRES_ALLOW_WRITABLE_ROLE: 'true' });
  expect((await accepted.query('SELECT 1')).failed).toBe(false);
  expect((await accepted.query('UPDATE orders SET status = status')).failed).toBe(true);

  await server.admin('GRANT pg_read_server_files TO writer');
  await using reader = testTools(url, { POSTGRES_ALLOW_WRITABLE_ROLE: 'true' });
  expect((await reader.query('SELECT 1')).text).toContain('rights over the server (pg_read_server_files)');
});
