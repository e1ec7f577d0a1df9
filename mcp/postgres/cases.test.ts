import { afterAll, beforeAll } from 'vitest';
import { loadCases, type CaseFile } from '#test/lib/corpora.ts';
import { NotUnderstood, testCases, type Vocabulary } from '#test/lib/corpus-cases.ts';
import { POSTGRES_START_TIMEOUT_MS, startTestPostgres, type TestPostgres } from '#test/lib/postgres.ts';
import { testTools, type Answer } from './testing/database.ts';

/** One database, made by its owner, and calls as the role that only reads. What is right is said in prose. */
interface PostgresCase extends CaseFile {
  input: { setup: string; call: string[] };
}

const vocabulary: Vocabulary = {
  id: 'any',
  why: 'any',
  area: ['postgres'],
  severity: 'any',
  reference: 'any',
  situation: 'any',
  how_to_run: ['Run `setup` as the owner; call the tools as the read-only role (`npx dragoman mcp postgres`).'],
  input: { setup: 'any', call: 'any' },
  expected: 'any',
  neighbours: { what: 'any', expected: 'any' },
};

/** What makes a case into its neighbour: a change to the policy of the table that the case is about. */
const neighbours: [words: RegExp, policy: (table: string) => string][] = [
  [/infinite recursion/, (table) => `EXISTS (SELECT FROM ${table})`],
];

let server: TestPostgres;
beforeAll(async () => {
  server = await startTestPostgres();
}, POSTGRES_START_TIMEOUT_MS);
afterAll(() => server?.[Symbol.asyncDispose]());

testCases<PostgresCase>({
  name: 'cases of PostgreSQL',
  cases: loadCases<PostgresCase>('pg-'),
  vocabulary,
  async run(entry) {
    const problems = await play(entry.id, entry.input.setup, entry.input.call, entry.expected);
    for (const [index, { what, expected }] of entry.neighbours.entries()) {
      const found = neighbours.find(([words]) => words.test(what));
      if (!found) throw new NotUnderstood(`the neighbour ${what}`);
      const setup = withPolicy(entry.input.setup, found[1]);
      const clauses = expected === 'same' ? entry.expected : expected;
      problems.push(
        ...(await play(`${entry.id} ${index}`, setup, entry.input.call, clauses)).map((each) => `${what}: ${each}`),
      );
    }
    return problems;
  },
});

function withPolicy(setup: string, policy: (table: string) => string): string {
  const [written = '', name = '', table = ''] = /create policy (\w+) on (\w+) using \([^;]*\);/i.exec(setup) ?? [];
  if (written === '') throw new NotUnderstood(`a setup without a policy: ${setup}`);
  return setup.replace(written, `create policy ${name} on ${table} using (${policy(table)});`);
}

async function play(name: string, setup: string, calls: string[], expected: string): Promise<string[]> {
  const database = name.replaceAll(/\W/g, '_');
  await server.admin(`CREATE DATABASE ${database}`);
  const url = await server.readOnlyRole(database);
  await server.admin(setup, database);
  await using tools = testTools(url);
  const problems: string[] = [];
  for (const call of calls) {
    const [, tool, args] = /^(\w+)\((\{.*\})?\)$/.exec(call) ?? [];
    if (tool !== 'postgres_list_tables') throw new NotUnderstood(`the call ${call}`);
    const answer = await tools.call(tool, JSON.parse(args ?? '{}'));
    for (const clause of clausesOf(expected)) problems.push(...wrongIn(answer, clause));
  }
  return problems;
}

/** The sentence without its remarks in brackets, clause by clause. */
function clausesOf(expected: string): string[] {
  return expected
    .replaceAll(/\([^)]*\)/g, '')
    .split(/[,.;]/)
    .map((clause) => clause.trim())
    .filter(Boolean);
}

function wrongIn({ failed, text, data }: Answer, clause: string): string[] {
  if (failed) return [`failed: ${text}`];
  const [, table, count] = /^(\w+) (?:has (\d+) rows?|(?:is )?unknown)$/.exec(clause) ?? [];
  if (table === undefined) throw new NotUnderstood(`the clause ${clause}`);
  const found = (data['tables'] as { name: string; rows: number | null }[]).find(({ name }) => name === table);
  const rows = count === undefined ? null : Number(count);
  return found?.rows === rows ? [] : [`${table} has ${String(found?.rows)} rows, not ${String(rows)}`];
}
