import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { acceptRun } from '#shared/run/accept.ts';
import type { AttachedTable, Caller } from '#shared/run/request.ts';
import { startTestStore } from '#test/lib/test-store.ts';
import type { OfferedTool, ToolCallOrder } from '#services/worker/tools/toolbox.ts';
import { createAttachedTables } from './attached-tables.ts';
import { queryAttachment } from './query-attachment.ts';

const { redis, queues } = await startTestStore();
const tables = createAttachedTables(redis);
afterAll(() => tables[Symbol.asyncDispose]());

const builtin = queryAttachment(tables);
const caller: Caller = { kind: 'terminal', id: 'ada', name: '', discordRoles: [] };
const orders: AttachedTable = {
  name: 'orders',
  columns: [
    { name: 'Order Day', type: 'TEXT' },
    { name: 'sum', type: 'REAL' },
  ],
  rows: 3,
  data: gzipSync(
    JSON.stringify([
      ['a', 1.5],
      ['b', 2],
      ['b', null],
    ]),
  ).toString('base64'),
};

beforeEach(async () => {
  await acceptRun({ redis, queues }, { id: 'with', conversation: 'c', text: 'x', caller, tables: [orders] });
  await acceptRun({ redis, queues }, { id: 'without', conversation: 'd', text: 'x', caller });
});

async function query(sql: string, runId = 'with', signal = new AbortController().signal) {
  const tool = { ...builtin.tool, permission: 'allow' } as OfferedTool;
  const order: ToolCallOrder = { runId, caller, tool, arguments: {}, idempotencyKey: 'k', signal };
  const result = await builtin.run({ query: sql }, order);
  return typeof result === 'string' ? { content: result, size: undefined } : result;
}

test('rows of the attached tables, marked as data, and nothing is left behind', async () => {
  const { content, size } = await query('SELECT "Order Day", sum(sum) AS total FROM orders GROUP BY 1 ORDER BY 1');
  expect(content).toMatch(/^<data-\w+ from="query_attachment">\n[\s\S]*Order Day[\s\S]*total[\s\S]*1\.5[\s\S]*2/);
  expect(size).toEqual({ count: 2, of: 'rows' });
  expect((await readdir(tmpdir())).filter((name) => name.startsWith('dragoman-run-'))).toEqual([]);
});

test.each([
  ['DELETE FROM orders', /read/i],
  ["ATTACH DATABASE '/tmp/x.db' AS x", /.+/],
  ['SELECT * FROM nothing', /nothing/],
  ['SELECT', /.+/],
])('%s is refused in words for the model', async (sql, words) => {
  await expect(query(sql)).rejects.toThrow(RangeError);
  await expect(query(sql)).rejects.toThrow(words);
});

test('a question without tables has none, nor those of another', async () => {
  await expect(query('SELECT 1', 'without')).rejects.toThrow('No table came with this question.');
});

test('a stop ends a statement that never ends', async () => {
  const stop = new AbortController();
  const endless = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n';
  const running = query(endless, 'with', stop.signal);
  stop.abort(new Error('stopped'));
  await expect(running).rejects.toThrow();
});
