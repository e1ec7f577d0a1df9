import { expect, it } from 'vitest';
import { fillAudit, type PlainAuditRow } from '#test/lib/audit-rows.ts';
import { countCommands } from '#test/lib/commands.ts';
import { startTestStore } from '#test/lib/test-store.ts';
import { cutAudit } from './keep.ts';
import { listAudit } from './list.ts';
import { readAudit, type AuditFilter } from './log.ts';
import { indexAudit } from './segments.ts';
import { keys } from '#shared/redis/keys.ts';

const { redis } = await startTestStore();

const key = 'the-key-of-this-test-and-no-other';
const people = ['terminal:u1 Ada Löve', 'discord:42 bob', 'api:reports'];
const tools = ['read_file', 'write_file', 'fetch', 'query'];
const begin = Date.now() - 3_600_000;

/** Each person has two tools of their own: no row is of both `bob` and `read_file`. */
function row(index: number): PlainAuditRow {
  const who = people[index % 3] ?? '';
  const tool = tools[(index % 3) + (index % 2)] ?? '';
  const run = `run-${Math.floor(index / 6)}`;
  if (index % 500 === 499) return { run, who, kind: 'decided', data: { approval: '0', decision: 'allow', by: 'Eve' } };
  return { run, who, kind: index % 2 === 0 ? 'intent' : 'outcome', data: { step: 0, call: 0, tool } };
}

const filters: Omit<AuditFilter, 'limit'>[] = [
  { user: 'u1' },
  { user: 'Ada Löve', tool: 'write_file' },
  { user: 'discord:bob', kinds: ['outcome'] },
  { user: 'Eve' },
  { kinds: ['decided'] },
  { kinds: ['decided', 'stop'], user: '42' },
  { run: 'run-17' },
  { run: 'run-700', tool: 'fetch' },
  { tool: 'query', since: begin + 3_000 * 100 },
  { user: 'reports', since: begin + 4_900 * 100 },
];

it('finds the same with its index as without', async () => {
  await fillAudit(redis, 5_300, row, (index) => begin + index * 100);
  const all = async () => {
    const found = [];
    for (const filter of filters) found.push(await listAudit(redis, { ...filter, limit: 700 }));
    return found.map(({ rows, notes }) => ({ ids: rows.map(({ id }) => id), notes }));
  };
  const plain = await all();
  expect(plain.every(({ ids }) => ids.length > 0)).toBe(true);
  expect(await indexAudit(redis, 2)).toBe(2);
  expect(await all()).toEqual(plain);
  expect(await indexAudit(redis)).toBe(3);
  expect(await indexAudit(redis)).toBe(0);
  expect(await all()).toEqual(plain);
});

it('asks a thousand rows with one command, and reads none where nothing fits', async () => {
  await fillAudit(redis, 5_000, row, (index) => begin + index * 100);
  await indexAudit(redis);
  const none = [
    { user: 'nobody' },
    { run: 'run-x' },
    { tool: 'read_file', user: 'bob' },
    { kinds: ['discard' as const] },
  ];
  for (const filter of none) {
    const { result, calls, all } = await countCommands(redis, () => listAudit(redis, { ...filter, limit: 50 }));
    expect(result).toEqual({ rows: [], notes: [] });
    expect(calls).toEqual({ zrevrange: 1, xrevrange: 1, hmget: 5 });
    expect(all).toBe(7);
  }
  // Of the rows that fit, it reads no more than it shows.
  const some = await countCommands(redis, () => listAudit(redis, { user: 'u1', limit: 50 }));
  expect(some.result.rows).toHaveLength(50);
  expect(some.calls['xrange']).toBe(50);
});

it('indexes once, whoever does it, and forgets what retention takes', async () => {
  await fillAudit(redis, 3_500, row, (index) => begin + index * 100);
  await Promise.all([indexAudit(redis), indexAudit(redis)]);
  expect(await redis.zcard(keys.auditSegments)).toBe(3);
  expect((await listAudit(redis, { user: 'Eve', limit: 99 })).rows).toHaveLength(7);
  await cutAudit(redis, key, { ms: 7_200_000, max: 1_200 });
  expect(await redis.zcard(keys.auditSegments)).toBe(1);
  expect(await redis.keys('*audit:segment:*')).toHaveLength(1);
  expect((await listAudit(redis, { user: 'Eve', limit: 99 })).rows).toHaveLength(3);
  expect((await Array.fromAsync(readAudit(redis))).length).toBe(1_200);
});

it('passes over rows of a kind that only a newer version knows', async () => {
  await fillAudit(redis, 1_000, row, (index) => begin + index * 100);
  await redis.xadd(keys.audit, '*', 'run', 'r', 'who', '', 'kind', 'newer', 'data', '{}', 'hash', 'x');
  for (let index = 0; index < 999; index += 1) {
    await redis.xadd(keys.audit, '*', 'run', 'r', 'who', '', 'kind', 'stop', 'data', '{"by":"Zoe"}', 'hash', 'x');
  }
  expect(await indexAudit(redis)).toBe(2);
  expect((await listAudit(redis, { run: 'r', limit: 2_000 })).rows).toHaveLength(999);
  expect((await listAudit(redis, { limit: 1_500 })).rows).toHaveLength(1_500);
});
