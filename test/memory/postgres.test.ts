import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { memoryLimit } from '#test/lib/compose-file.ts';
import { createMemoryCgroup, memoryCgroupMissing } from '#test/lib/memory-cgroup.ts';
import { POSTGRES_START_TIMEOUT_MS } from '#test/lib/postgres.ts';
import { startTestShop, type TestShop } from '#test/lib/shop.ts';
import { loadCorpus, type CorpusCase } from '#test/lib/corpora.ts';
import { endsOf, others } from './ends.ts';
import { long, startLimitedRunner, why } from './limited.ts';
import { hardToParse, largeAnswers } from './queries.ts';

const parallel = 8;
const queries = long ? 1_000 : 200;
const atOnce = long ? 96 : 32;

describe.skipIf(memoryCgroupMissing !== undefined)(`tool-runner-postgres in its container's memory${why}`, () => {
  let server: TestShop;

  beforeAll(async () => {
    server = await startTestShop();
  }, POSTGRES_START_TIMEOUT_MS);
  afterAll(() => server?.[Symbol.asyncDispose]());

  test(`answers ${queries} different queries`, { timeout: 240_000 }, async () => {
    await using runner = await startLimitedRunner('postgres', { POSTGRES_URL: server.readerUrl });
    const wrong = await ask(await runner.client('postgres_query'), queries);
    await runner.requireAlive(`${queries} different queries`);
    expect(wrong).toEqual([]);
  });

  const most = { POSTGRES_MAX_BYTES: '5000000', POSTGRES_MAX_ROWS: '10000', POSTGRES_MAX_CELL_CHARS: '1000000' };

  const kinds: [string, Record<string, string>, Record<string, string>][] = [
    ['large answers', largeAnswers, {}],
    ['large answers, the largest that may be set', largeAnswers, { ...most, RESULT_MAX_BYTES: '50000000' }],
    ['queries that are hard to parse', hardToParse, {}],
    ['the statements of test/corpora/sql.json', corpusStatements(), {}],
  ];

  test.each(long ? kinds : kinds.slice(2, 3))(
    '%s, many at once, end as an answer or a refusal',
    { timeout: 280_000 },
    async (work, statements, env) => {
      await using runner = await startLimitedRunner('postgres', { POSTGRES_URL: server.readerUrl, ...env });
      const client = await runner.client('postgres_query');
      const all = Object.values(statements);
      const count = Math.max(atOnce, all.length);
      const call = (n: number) => ({ name: 'postgres_query', arguments: { query: all[n % all.length] } });
      const ends = await endsOf(
        Array.from({ length: count }, (_, n) => client.callTool(call(n), { timeout: 270_000 })),
      );
      await runner.requireAlive(work);
      expect(others(ends, /^\[\{"type":"text"/)).toEqual([]);
      expect(others(ends, /failed inside/).length).toBeGreaterThan(1);
      // Whatever came before, the next query gets its answer.
      expect(await ask(client, 5)).toEqual([]);
    },
  );

  test('`dragoman mcp postgres` needs no more', { timeout: 240_000 }, async () => {
    await using stack = new AsyncDisposableStack();
    const memory = stack.use(createMemoryCgroup(memoryLimit('tool-runner-postgres')));
    const [command = '', ...args] = memory.enter([process.execPath, 'services/cli/dragoman.mjs', 'mcp', 'postgres']);
    const env = { PATH: process.env['PATH'] ?? '', POSTGRES_URL: server.readerUrl };
    const client = new Client({ name: 'test', version: '1' });
    stack.defer(() => client.close());
    await client.connect(new StdioClientTransport({ command, args, env }));
    const wrong = await ask(client, long ? 300 : 60);
    expect(memory.kills()).toBe(0);
    expect(wrong).toEqual([]);
  });
});

function corpusStatements(): Record<string, string> {
  const { cases } = loadCorpus<CorpusCase & { sql: string }>('sql.json');
  return Object.fromEntries(cases.map(({ id, sql }) => [id, sql]));
}

/** Asks as many different queries, several at once; what was not answered right. */
async function ask(client: Client, count: number): Promise<string[]> {
  const queries = Array.from({ length: count }, (_, index) => differentQuery(index));
  const wrong: string[] = [];
  async function work(): Promise<void> {
    for (let next = queries.shift(); next; next = queries.shift()) {
      const answer = await client.callTool({ name: 'postgres_query', arguments: { query: next.sql } });
      const { rows } = (answer.structuredContent ?? {}) as { rows?: unknown[][] };
      if (rows?.[0]?.[0] !== next.first) wrong.push(`${next.sql}: ${JSON.stringify(answer.content)}`);
    }
  }
  // Settled, not all: the caller says first what the kernel did.
  const ends = await Promise.allSettled(Array.from({ length: parallel }, work));
  return [...wrong, ...ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []))];
}

/** Short and long ones of many shapes: each makes the parser do what the one before did not. */
function differentQuery(index: number): { sql: string; first: unknown } {
  const shapes = [
    `SELECT ${index}, count(*) FROM orders WHERE id > ${index}`,
    `WITH a AS (SELECT id, customer_id FROM orders WHERE id % 7 = ${index % 7}) SELECT ${index}, sum(customer_id) FROM a`,
    `SELECT ${index}, c.id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id ORDER BY 2 LIMIT 3`,
    `SELECT ${index} FROM orders WHERE id IN (${Array.from({ length: 2_000 }, (_, n) => n + index).join(', ')}) LIMIT 1`,
    `SELECT ${index}, CASE WHEN ${'1 = 1 AND '.repeat(100)}true THEN 'a' ELSE 'b' END, row_number() OVER (ORDER BY 1)`,
    `SELECT ${index}, json_build_object('a', ${index}) -> 'a', ARRAY[1, ${index}], '${'x'.repeat(index)}'::text`,
  ];
  return { sql: shapes[index % shapes.length] ?? '', first: index };
}
