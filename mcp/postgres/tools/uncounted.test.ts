import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { POSTGRES_START_TIMEOUT_MS, startTestPostgres, type TestPostgres } from '#test/lib/postgres.ts';
import { testTools, type TestTools } from '../testing/database.ts';

let server: TestPostgres;
let tools: TestTools;
beforeAll(async () => {
  server = await startTestPostgres();
  await server.admin('CREATE DATABASE odd');
  const url = await server.readOnlyRole('odd');
  await server.admin(
    `CREATE TABLE other (id int); INSERT INTO other VALUES (1), (2);
     CREATE TABLE setting (id int, tenant text); ALTER TABLE setting ENABLE ROW LEVEL SECURITY;
     CREATE POLICY p ON setting USING (tenant = current_setting('app.tenant'));
     CREATE TABLE circle (id int); ALTER TABLE circle ENABLE ROW LEVEL SECURITY;
     CREATE POLICY p ON circle USING (id IN (SELECT id FROM circle));
     CREATE TABLE divides (id int); INSERT INTO divides VALUES (0); ALTER TABLE divides ENABLE ROW LEVEL SECURITY;
     CREATE POLICY p ON divides USING (1 / id > 0);
     CREATE FUNCTION spy() RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER AS $f$ BEGIN RAISE EXCEPTION 'RAN'; END $f$;
     CREATE TABLE spied (id int); INSERT INTO spied VALUES (1); ALTER TABLE spied ENABLE ROW LEVEL SECURITY;
     CREATE POLICY p ON spied USING (spy());
     CREATE TABLE gone (id int); INSERT INTO gone VALUES (1);
     CREATE TABLE locked (id int); CREATE TABLE parts (id int) PARTITION BY LIST (id);
     CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
     CREATE VIEW breaks AS SELECT 1 / id AS x FROM divides;
     CREATE TABLE partly (id int, hidden text)`,
    'odd',
  );
  await server.admin('REVOKE SELECT ON partly FROM dragoman_ro; GRANT SELECT (id) ON partly TO dragoman_ro', 'odd');
  tools = testTools(url);
}, POSTGRES_START_TIMEOUT_MS);
afterAll(async () => {
  await tools?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

interface Listed {
  tables: { name: string; rows: number | null; rows_exact: boolean; bytes: number | null }[];
  note?: string;
}

async function list(): Promise<Listed & { text: string }> {
  const { failed, text, data } = await tools.call('postgres_list_tables');
  expect(failed, text).toBe(false);
  return { ...(data as unknown as Listed), text };
}

test('a table that cannot be counted costs its own count, and is named', async () => {
  const { tables, note = '', text } = await list();
  expect(tables[0]).toMatchObject({ name: 'other', rows: 2, rows_exact: true });
  const rows = Object.fromEntries(tables.map((table) => [table.name, table.rows]));
  expect(rows).toMatchObject({
    other: 2,
    gone: 1,
    locked: 0,
    partly: 0,
    setting: null,
    circle: null,
    divides: null,
    spied: null,
  });
  for (const name of ['setting', 'circle', 'divides', 'spied']) expect(note).toContain(`public.${name} (`);
  expect(note).toContain('public.spied (its policies call what is refused)');
  expect(note).not.toContain('other');
  expect(text).toContain('| public.setting | table | unknown |');
  expect(text).not.toContain('RAN');
});

test('a table that is locked costs its own count and size', async () => {
  const holder = new Client({ connectionString: server.adminUrl('odd') });
  await holder.connect();
  try {
    await holder.query('BEGIN; LOCK TABLE locked, parts_1 IN ACCESS EXCLUSIVE MODE');
    const { tables, note = '' } = await list();
    const named = (name: string) => tables.find((table) => table.name === name);
    expect(named('other')).toMatchObject({ rows: 2, rows_exact: true });
    expect(named('locked')).toMatchObject({ rows: null, bytes: null });
    expect(named('parts')).toMatchObject({ kind: 'partitioned table' });
    expect(note).toContain('public.locked (locked by another session)');
    const described = await tools.call('postgres_describe_table', { table: 'locked' });
    expect(described.failed, described.text).toBe(false);
  } finally {
    await holder.end();
  }
});
