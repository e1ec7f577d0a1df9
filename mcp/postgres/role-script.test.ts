import { afterAll, beforeAll, expect, test } from 'vitest';
import { POSTGRES_START_TIMEOUT_MS, startTestPostgres, type TestPostgres } from '#test/lib/postgres.ts';

// What role.sql makes of the names it is given.

let server: TestPostgres;
beforeAll(async () => {
  server = await startTestPostgres();
  await server.admin('CREATE SCHEMA "Odd Schema"; CREATE TABLE "Odd Schema".notes (a int); CREATE TABLE plain (a int)');
}, POSTGRES_START_TIMEOUT_MS);
afterAll(() => server?.[Symbol.asyncDispose]());

test.each([
  ['a space in the name', 'Odd Schema'],
  ['spaces around the names', ' public , Odd Schema '],
  ['quotes, as SQL writes it', '"Odd Schema",public'],
])('a schema may be named with %s', async (_, schemas) => {
  await server.admin('REVOKE ALL ON SCHEMA "Odd Schema" FROM PUBLIC');
  const role = `reader_${schemas.length}`;
  await server.readOnlyRole('postgres', { role, schemas });
  const [row] = await server.admin(
    `SELECT has_schema_privilege('${role}', 'Odd Schema', 'USAGE') AND has_table_privilege('${role}', '"Odd Schema".notes', 'SELECT') AS may`,
  );
  expect(row).toEqual({ may: true });
});

test('a schema that is not there is named, and nothing is granted', async () => {
  await expect(server.readOnlyRole('postgres', { role: 'reader_of_nothing', schemas: 'public,nope' })).rejects.toThrow(
    'This database has no schema nope',
  );
  await expect(server.admin("SELECT FROM pg_roles WHERE rolname = 'reader_of_nothing'")).resolves.toEqual([]);
});
