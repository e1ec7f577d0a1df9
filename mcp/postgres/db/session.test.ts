import { afterAll, beforeAll, expect, test } from 'vitest';
import { POSTGRES_START_TIMEOUT_MS } from '#test/lib/postgres.ts';
import { startTestShop, type TestShop } from '#test/lib/shop.ts';
import { testTools } from '../testing/database.ts';

/**
 * Runs for as long as it is allowed to. In the select list the numbers stream; in FROM they would fill the disk first.
 */
const endless = 'SELECT count(*) FROM (SELECT generate_series(1, 100000000000)) AS g';

let server: TestShop;
beforeAll(async () => {
  server = await startTestShop();
}, POSTGRES_START_TIMEOUT_MS);
afterAll(() => server?.[Symbol.asyncDispose]());

/** What the tools' role runs at this moment. */
async function running(): Promise<number> {
  const sql = `SELECT count(*)::int AS n FROM pg_stat_activity
                WHERE usename = 'dragoman_ro' AND state = 'active' AND query LIKE '%100000000000%'`;
  return Number((await server.admin(sql))[0]?.['n']);
}

/** How many connections the tools' role has. Those of earlier tests end some time later. */
async function connections(): Promise<number> {
  const sql = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE usename = 'dragoman_ro'`;
  return Number((await server.admin(sql))[0]?.['n']);
}

test('stopping a call cancels its query at the server', async () => {
  await using tools = testTools(server.readerUrl, { POSTGRES_STATEMENT_TIMEOUT_MS: 60_000 });
  const controller = new AbortController();
  const call = tools.call('postgres_query', { query: endless }, controller.signal);
  await expect.poll(running).toBe(1);
  controller.abort();
  expect((await call).text).toBe('postgres_query was stopped before it finished.');
  await expect.poll(running, { interval: 20 }).toBe(0);
  expect((await tools.query('SELECT 1')).data['rows']).toEqual([[1]]);
});

test('whenever the stop comes, nothing runs on at the server', { timeout: 60_000 }, async () => {
  await using tools = testTools(server.readerUrl, {
    POSTGRES_STATEMENT_TIMEOUT_MS: 60_000,
    POSTGRES_MAX_CONNECTIONS: 4,
  });
  await tools.query('SELECT 1');
  for (let delay = 0; delay < 40; delay += 2) {
    const controller = new AbortController();
    const call = tools.call('postgres_query', { query: endless }, controller.signal);
    setTimeout(() => controller.abort(), delay);
    expect((await call).text).toContain('was stopped');
  }
  await expect.poll(running).toBe(0);
});

test('a statement ends at its time limit, and the sentence names it', async () => {
  await using tools = testTools(server.readerUrl, { POSTGRES_STATEMENT_TIMEOUT_MS: 200 });
  const { failed, text } = await tools.query(endless);
  expect(failed).toBe(true);
  expect(text).toMatch(/^The query was stopped after 0\.2 s\..*postgres_explain/);
  await expect.poll(running).toBe(0);
});

test('no more connections than allowed; who finds none free in time is told', async () => {
  await expect.poll(connections).toBe(0);
  const settings = {
    POSTGRES_MAX_CONNECTIONS: 2,
    POSTGRES_CONNECT_TIMEOUT_MS: 2_000,
    POSTGRES_STATEMENT_TIMEOUT_MS: 60_000,
  };
  await using tools = testTools(server.readerUrl, settings);
  const controller = new AbortController();
  const busy = [1, 2].map(() => tools.call('postgres_query', { query: endless }, controller.signal));
  await expect.poll(running).toBe(2);
  expect((await tools.query('SELECT 1')).text).toContain('none was free in time');
  expect(await connections()).toBe(2);
  controller.abort();
  await Promise.all(busy);
  expect((await tools.query('SELECT 1')).data['rows']).toEqual([[1]]);
});

test('many calls at once share the connections and all get their own answer', async () => {
  await expect.poll(connections).toBe(0);
  await using tools = testTools(server.readerUrl, { POSTGRES_MAX_CONNECTIONS: 3, POSTGRES_CONNECT_TIMEOUT_MS: 30_000 });
  const answers = await Promise.all(Array.from({ length: 30 }, (_, index) => tools.query(`SELECT ${index}`)));
  expect(answers.map(({ data }) => (data['rows'] as number[][])[0]?.[0])).toEqual(answers.map((_, index) => index));
  expect(await connections()).toBeLessThanOrEqual(3);
});

test('a call that is stopped while it waits for a connection takes none', async () => {
  await using tools = testTools(server.readerUrl, {
    POSTGRES_MAX_CONNECTIONS: 1,
    POSTGRES_STATEMENT_TIMEOUT_MS: 60_000,
  });
  const first = new AbortController();
  const holding = tools.call('postgres_query', { query: endless }, first.signal);
  await expect.poll(running).toBe(1);
  const second = new AbortController();
  const waiting = tools.call('postgres_query', { query: 'SELECT 1' }, second.signal);
  second.abort();
  expect((await waiting).text).toContain('was stopped');
  first.abort();
  await holding;
  expect((await tools.query('SELECT 2')).data['rows']).toEqual([[2]]);
});

test('a server that restarts is found again', async () => {
  await using tools = testTools(server.readerUrl);
  expect((await tools.query('SELECT 1')).failed).toBe(false);
  await server.admin(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'dragoman_ro'`);
  await expect.poll(async () => (await tools.query('SELECT 1')).failed).toBe(false);
});

test('disposing leaves no connection behind', async () => {
  const tools = testTools(server.readerUrl);
  await tools.query('SELECT 1');
  expect(await connections()).toBeGreaterThan(0);
  await tools[Symbol.asyncDispose]();
  await expect.poll(connections).toBe(0);
});

test('limits that the operator set lower for the role stay, and none is raised', async () => {
  const role = 'hurried';
  const url = await server.readOnlyRole('shop', { role });
  await server.admin(
    `ALTER ROLE ${role} SET statement_timeout = '300ms'; ALTER ROLE ${role} SET lock_timeout = '1500ms';
     ALTER ROLE ${role} SET idle_in_transaction_session_timeout = '2min'`,
  );
  await using tools = testTools(url, { POSTGRES_STATEMENT_TIMEOUT_MS: 50_000 });
  const shown = await tools.query(
    `SELECT ${['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'].map((name) => `current_setting('${name}')`).join(', ')}`,
  );
  expect(shown.data['rows']).toEqual([['300ms', '1500ms', '1min']]);
  expect((await tools.query(endless)).text).toContain('was stopped after 0.3 s');
  await server.admin(`ALTER ROLE ${role} SET statement_timeout = 0`);
  await using unlimited = testTools(url, { POSTGRES_STATEMENT_TIMEOUT_MS: 50_000 });
  expect((await unlimited.query('SHOW statement_timeout')).data['rows']).toEqual([['50s']]);
});
