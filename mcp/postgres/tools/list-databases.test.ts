import { afterAll, beforeAll, expect, test } from 'vitest';
import { POSTGRES_START_TIMEOUT_MS, startTestPostgres, type TestPostgres } from '#test/lib/postgres.ts';
import { testTools } from '../testing/database.ts';

let server: TestPostgres;
beforeAll(async () => {
  server = await startTestPostgres();
}, POSTGRES_START_TIMEOUT_MS);
afterAll(() => server?.[Symbol.asyncDispose]());

test('databases that the role may enter, with the default one marked', async () => {
  for (const name of ['"Big Café"', 'closed', 'main']) await server.admin(`CREATE DATABASE ${name}`);
  await server.admin(`COMMENT ON DATABASE main IS 'all that counts'; REVOKE CONNECT ON DATABASE closed FROM PUBLIC`);
  await using tools = testTools(await server.readOnlyRole('main'));
  const { text, data } = await tools.call('postgres_list_databases');
  const databases = data['databases'] as { name: string; current: boolean; comment: string | null }[];
  expect(databases.map(({ name, current, comment }) => [name, current, comment])).toEqual([
    ['Big Café', false, null],
    ['main', true, 'all that counts'],
    ['postgres', false, 'default administrative connection database'],
  ]);
  expect(text).toContain('| main (default) |');
  expect(text).not.toContain('template');
  // Before 15 everybody may make tables in public, until the script takes that.
  await server.readOnlyRole('Big Café');
  const elsewhere = await tools.query('select current_database()', { database: 'Big Café' });
  expect(elsewhere.data['rows']).toEqual([['Big Café']]);
});

test('a database that is not there is named as such', async () => {
  await using tools = testTools(await server.readOnlyRole('postgres'));
  expect((await tools.query('select 1', { database: 'nope' })).text).toContain('There is no database "nope"');
  expect((await tools.query('select 1', { database: 'x'.repeat(64) })).text).toContain('no name of a database');
});

test('an unreachable server and a wrong password are told apart, without the password', async () => {
  await server.readOnlyRole('postgres');
  await using wrong = testTools(server.url('dragoman_ro', 'hunter2', 'postgres'));
  expect((await wrong.query('select 1')).text).toContain('operator must check POSTGRES_URL');
  await expect(wrong.domain.check()).rejects.toThrow(/POSTGRES_URL.*password authentication failed/);
  await expect(wrong.domain.check()).rejects.not.toThrow(/hunter2/);
  await using gone = testTools('postgres://a:b@127.0.0.1:9/x');
  expect((await gone.query('select 1')).text).toContain('cannot be reached');
});
