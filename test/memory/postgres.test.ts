import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { memoryLimit } from '#test/lib/compose-file.ts';
import { createMemoryCgroup, memoryCgroupMissing } from '#test/lib/memory-cgroup.ts';
import { POSTGRES_START_TIMEOUT_MS } from '#test/lib/postgres.ts';
import { startTestShop, type TestShop } from '#test/lib/shop.ts';
import { startLimitedRunner } from './runner.ts';

const why = memoryCgroupMissing ? ` (${memoryCgroupMissing})` : '';

const parallel = 8;

describe.skipIf(memoryCgroupMissing !== undefined)(`tool-runner-postgres in its container's memory${why}`, () => {
  let server: TestShop;

  beforeAll(async () => {
    server = await startTestShop();
  }, POSTGRES_START_TIMEOUT_MS);
  afterAll(() => server?.[Symbol.asyncDispose]());

  test('answers 1,000 different queries', { timeout: 240_000 }, async () => {
    await using runner = await startLimitedRunner('postgres', { POSTGRES_URL: server.readerUrl });
    const wrong = await ask(await runner.client('postgres_query'), 1_000);
    await runner.requireAlive();
    expect(wrong).toEqual([]);
  });

  test('`dragoman mcp postgres` needs no more', { timeout: 240_000 }, async () => {
    await using stack = new AsyncDisposableStack();
    const memory = stack.use(createMemoryCgroup(memoryLimit('tool-runner-postgres')));
    const [command = '', ...args] = memory.enter([process.execPath, 'services/cli/dragoman.mjs', 'mcp', 'postgres']);
    const env = { PATH: process.env['PATH'] ?? '', POSTGRES_URL: server.readerUrl };
    const client = new Client({ name: 'test', version: '1' });
    stack.defer(() => client.close());
    await client.connect(new StdioClientTransport({ command, args, env }));
    const wrong = await ask(client, 300);
    expect(memory.kills()).toBe(0);
    expect(wrong).toEqual([]);
  });
});

/** Asks `count` different queries, several at once. Returns those that were not answered right. */
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
  // This waits for all, also after a failure, because the caller first says what the kernel did.
  const ends = await Promise.allSettled(Array.from({ length: parallel }, work));
  return [...wrong, ...ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []))];
}

/** Makes short and long queries of many shapes, so that each makes the parser do something new. */
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
