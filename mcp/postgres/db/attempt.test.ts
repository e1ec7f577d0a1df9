import { afterAll, beforeAll, expect, test } from 'vitest';
import { POSTGRES_START_TIMEOUT_MS, startTestPostgres, type TestPostgres } from '#test/lib/postgres.ts';
import { createBackend } from '../backend.ts';
import { attempt } from './attempt.ts';
import type { Session } from './session.ts';

let server: TestPostgres;
beforeAll(async () => {
  server = await startTestPostgres();
}, POSTGRES_START_TIMEOUT_MS);
afterAll(() => server?.[Symbol.asyncDispose]());

async function inSession<T>(url: string, work: (session: Session) => Promise<T>): Promise<T> {
  const limits = { statementTimeoutMs: 10_000, maxRows: 10, maxBytes: 10_000, maxCell: 100 };
  await using backend = createBackend({
    url,
    limits,
    maxConnections: 1,
    connectTimeoutMs: 5_000,
    allowedFunctions: new Set(),
    allowWritableRole: false,
  });
  return await backend.session({ signal: new AbortController().signal }, undefined, work);
}

const limitsSql = `select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock`;

test('a part that fails leaves the rest of the transaction as it was', async () => {
  const found = await inSession(await server.readOnlyRole('postgres'), async (session) => [
    await attempt(session, () => session.own('select 1 / 0')),
    await attempt(session, () => session.own('select * from pg_authid')),
    await attempt(
      session,
      () => session.own('select count(*) from (select generate_series(1, 100000000000)) as g'),
      50,
    ),
    await attempt(session, () => session.own(limitsSql)),
    await session.own(limitsSql),
  ]);
  expect(found).toEqual([
    { problem: 'PostgreSQL cannot read it' },
    { problem: 'this role may not read it' },
    { problem: 'too slow' },
    { value: [{ statement: '1500ms', lock: '150ms' }] },
    [{ statement: '10s', lock: '2s' }],
  ]);
});

test('limits that the operator set lower are not raised for a part', async () => {
  const url = await server.readOnlyRole('postgres', { role: 'hurried' });
  await server.admin(
    `ALTER ROLE hurried SET statement_timeout = '700ms'; ALTER ROLE hurried SET lock_timeout = '20ms'`,
  );
  const found = await inSession(url, (session) => attempt(session, () => session.own(limitsSql)));
  expect(found).toEqual({ value: [{ statement: '700ms', lock: '20ms' }] });
});

test('limits of the whole server that are lowered while a connection is kept hold from its next use on, soon', async () => {
  const url = await server.readOnlyRole('postgres', { role: 'kept' });
  await server.admin(`ALTER ROLE kept RESET statement_timeout`);
  await server.admin(`ALTER DATABASE postgres SET statement_timeout = '900ms'`);
  const found = await inSession(url, (session) => session.own(limitsSql));
  await server.admin(`ALTER DATABASE postgres RESET statement_timeout`);
  expect(found).toMatchObject([{ statement: '900ms' }]);
});
