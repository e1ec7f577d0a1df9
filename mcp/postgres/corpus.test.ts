import { mkdtempSync, readdirSync, readFileSync, chmodSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { corpusFile, loadCorpus, type CorpusCase } from '#test/lib/corpora.ts';
import { described, testCases, type Vocabulary } from '#test/lib/corpus-cases.ts';
import { POSTGRES_START_TIMEOUT_MS, startTestPostgres, type TestPostgres } from '#test/lib/postgres.ts';
import { testTools, type Answer, type TestTools } from './testing/database.ts';

type Verdict = 'allow' | 'block' | 'timeout' | 'truncate';

interface SqlCase extends CorpusCase {
  sql: string;
  expect: Verdict;
  accept?: Verdict[];
  expectedRows?: number;
}

const verdicts = ['allow', 'block', 'timeout', 'truncate'];
const vocabulary: Vocabulary = {
  ...described,
  sql: 'any',
  expect: verdicts,
  accept: verdicts,
  expectedRows: 'any',
  // What other guards do with the statement.
  plainReadOnlyTxn: 'any',
  stoppedBy: 'any',
  astGuard: 'any',
  needsMoreThanReadOnlyAndRole: 'any',
  bypassByManyStatements: 'any',
  stoppedOnlyByGrants: 'any',
};

const CANARY = 'CANARY-SECRET';

/** Everything that a statement could leave behind, in the database and in the server. */
const stateSql = `
select (select array_agg(concat_ws(':', c.relname, c.relkind, c.relowner) order by 1) from pg_class c
         where c.relnamespace = 'public'::regnamespace) as relations,
  (select count(*) || '/' || max(oid) from pg_proc) as functions, (select count(*) from pg_largeobject_metadata) as objects,
  (select count(*) from pg_prepared_xacts) as prepared, (select count(*) from pg_replication_slots) as slots,
  (select array_agg(concat_ws(':', rolname, rolsuper, rolcreaterole, rolconfig) order by 1) from pg_roles) as roles,
  (select array_agg(datname order by 1) from pg_database) as databases,
  (select array_agg(setting order by name) from pg_file_settings) as settings,
  (select count(*) || ':' || sum(total) from orders) as orders, (select count(*) || ':' || sum(id) from customers) as customers,
  (select count(*) from order_items) as items, (select count(*) from secrets) as secrets,
  (select last_value || ':' || is_called from invoice_seq) as sequence,
  (select array_agg(extname order by 1) from pg_extension) as extensions`;

/** What a call could leave in the connection that the next call gets. */
const sessionSql = `select current_setting('default_transaction_read_only') as read_only, current_user::text as who,
  (select count(*) from pg_prepared_statements where from_sql) as prepared,
  (select count(*) from pg_listening_channels()) as channels, current_setting('search_path') as path,
  (select count(*) from pg_locks where locktype = 'advisory') as advisory`;

describe('sql corpus', () => {
  let server: TestPostgres;
  let usual: TestTools;
  let hasty: TestTools;
  let watcher: Client;
  let scratch: string;
  /** The database and the session before the first case. */
  let state: string;
  let session: string;

  beforeAll(async () => {
    server = await startTestPostgres();
    scratch = mkdtempSync(path.join(tmpdir(), 'dragoman-sql-'));
    // The server runs as another user, which must be able to write here, or else no case could show a write.
    chmodSync(scratch, 0o777);
    await setUp(server);
    watcher = new Client({ connectionString: server.adminUrl('shop') });
    await watcher.connect();
    const url = await server.readOnlyRole('shop', { role: 'agent_ro' });
    await server.admin('REVOKE SELECT ON secrets FROM agent_ro', 'shop');
    // There is one connection, so that each case gets what the case before it left behind.
    usual = testTools(url, { POSTGRES_MAX_CONNECTIONS: 1 });
    // Cases that never end need a limit that a test can wait for. It is far below the time that the first rows of the
    // slow cases take on a quiet machine; otherwise those would be cut by their number of rows instead.
    hasty = testTools(url, { POSTGRES_MAX_CONNECTIONS: 1, POSTGRES_STATEMENT_TIMEOUT_MS: 120 });
    state = await stateNow();
    session = (await usual.query(sessionSql)).text;
    expect(session).toContain('agent_ro');
  }, POSTGRES_START_TIMEOUT_MS);

  afterAll(async () => {
    await watcher?.end();
    for (const tools of [usual, hasty]) await tools?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
    rmSync(scratch, { recursive: true, force: true });
  });

  testCases<SqlCase>({
    name: 'sql',
    cases: loadCorpus<SqlCase>('sql.json').cases,
    vocabulary,
    async run(entry) {
      const tools = [entry.expect, ...(entry.accept ?? [])].includes('timeout') ? hasty : usual;
      const answer = await tools.query(localised(entry.sql));
      const problems = [
        verdictProblem(entry, answer),
        JSON.stringify(answer).includes(CANARY) ? 'shows the secret' : undefined,
        sessionProblem(await sessionOf(tools)),
        (await stateNow()) === state ? undefined : 'changed the database',
        readdirSync(scratch).length === 0 ? undefined : 'wrote a file',
      ];
      return problems.filter((problem) => problem !== undefined);
    },
  });

  function sessionProblem(now: string): string | undefined {
    return now === session ? undefined : `left something in the session: ${now.slice(0, 300)}`;
  }

  /** On a busy machine the hasty limit may end this look, too, which says nothing about the session. */
  async function sessionOf(tools: Pick<typeof usual, 'query'>): Promise<string> {
    for (;;) {
      const { text } = await tools.query(sessionSql);
      if (!text.startsWith('The query was stopped after')) return text;
    }
  }

  async function stateNow(): Promise<string> {
    return JSON.stringify((await watcher.query(stateSql)).rows);
  }

  /** The cases name a scratch folder and a port of the machine where they were first tried. */
  function localised(sql: string): string {
    return sql.replaceAll('/var/tmp/scratch', scratch).replaceAll('port=55432', `port=${server.port}`);
  }
});

/**
 * Runs the script as psql would: `\c` goes to another database. Leaves out extensions that this server does not have.
 */
async function setUp(server: TestPostgres): Promise<void> {
  const script = readFileSync(corpusFile('sql.setup.sql'), 'utf8');
  const available = new Set((await server.admin('SELECT name FROM pg_available_extensions')).map((row) => row['name']));
  const [first = '', ...parts] = script.split(/^\\c +/m);
  for (const statement of first.split(/(?<=;)\s*$/m).filter((text) => text.trim() !== ''))
    await server.admin(statement);
  for (const part of parts) {
    const [database = '', ...lines] = part.split('\n');
    const sql = lines
      .join('\n')
      .replaceAll(/CREATE EXTENSION (\w+);/g, (text, name: string) => (available.has(name) ? text : ''));
    await server.admin(sql, database.trim());
  }
}

function verdictOf({ failed, text, data }: Answer): Verdict {
  if (!failed) return data['truncated'] === true ? 'truncate' : 'allow';
  return text.includes('was stopped after') ? 'timeout' : 'block';
}

function verdictProblem(entry: SqlCase, answer: Answer): string | undefined {
  const verdict = verdictOf(answer);
  const shown = answer.text.slice(0, 150);
  if (answer.failed && /cannot be reached|was lost|no free connection|failed inside|login/.test(answer.text))
    return `was not judged: ${shown}`;
  if (![entry.expect, ...(entry.accept ?? [])].includes(verdict)) return `${verdict}, not ${entry.expect}: ${shown}`;
  if (verdict === 'truncate' && !/\[(?:cut|max_rows)/.test(answer.text)) return 'was cut without a marker';
  const { row_count: rows } = answer.data;
  if (verdict === 'allow' && entry.expectedRows !== undefined && rows !== entry.expectedRows)
    return `${String(rows)} rows, not ${entry.expectedRows}`;
  return undefined;
}
