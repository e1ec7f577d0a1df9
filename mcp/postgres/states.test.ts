import { afterAll, beforeAll, expect, test } from 'vitest';
import { POSTGRES_START_TIMEOUT_MS, startTestPostgres, type TestPostgres } from '#test/lib/postgres.ts';
import { testTools, type TestTools } from './testing/database.ts';

// A server that cannot do now what it could do at another time.

/** What a server says for reasons that no test can make. */
const STATES = ['25P03', '40001', '40P01', '53000', '53100', '72000'];

let server: TestPostgres;
let tools: TestTools;

beforeAll(async () => {
  server = await startTestPostgres({ settings: { max_locks_per_transaction: '10', max_connections: '10' } });
  await server.admin('CREATE TABLE many (at int) PARTITION BY RANGE (at)');
  // One transaction each: to make them all at once needs more locks than there are.
  await server.admin(
    `DO $$ BEGIN FOR at IN 0..599 LOOP
       EXECUTE format('CREATE TABLE many_%s PARTITION OF many FOR VALUES FROM (%s) TO (%s)', at, at, at + 1);
       COMMIT;
     END LOOP; END $$`,
  );
  await server.admin(
    `CREATE FUNCTION fails(state text) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'inside /var/lib' USING ERRCODE = state; END $$`,
  );
  tools = testTools(await server.readOnlyRole('postgres'), { POSTGRES_ALLOWED_FUNCTIONS: 'fails' });
  await server.admin('GRANT EXECUTE ON FUNCTION fails TO PUBLIC');
}, POSTGRES_START_TIMEOUT_MS);
afterAll(async () => {
  await tools?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

test('more locks than the server has: the model is told to read less, and the operator what to raise', async () => {
  const { text } = await tools.query('SELECT count(*) FROM many');
  expect(text).toMatch(
    /^The database has not enough memory or locks for this\. Read fewer .* max_locks_per_transaction/,
  );
  expect((await tools.query('SELECT count(*) FROM many WHERE at < 5')).text).toContain('| 0 |');
});

test.each(STATES)('state %s is told as what it means for the query', async (state) => {
  const { text } = await tools.query(`SELECT fails('${state}')`);
  expect(text).toMatch(/Try again in a moment|or try again in a moment|Ask for less at once/);
  expect(text).not.toMatch(/inside|\/var|crashed/);
});
