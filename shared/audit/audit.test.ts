import { expect, it } from 'vitest';
import type { Redis } from 'ioredis';
import { decideApproval } from '#shared/run/decide.ts';
import { createLookup } from '#shared/archive/lookup.ts';
import type { EntryOf, JournalEntryInput } from '#shared/run/journal-entries.ts';
import { fenceOf, openJournal } from '#test/lib/claims.ts';
import { keys } from '#shared/redis/keys.ts';
import { replayRun } from '#shared/run/replay.ts';
import { runRequestSchema } from '#shared/run/request.ts';
import { claimRun } from '#shared/run/claim.ts';
import { acceptRun } from '#shared/run/accept.ts';
import { endRun } from '#shared/run/end.ts';
import { stopRun } from '#shared/run/stop.ts';
import { checkAudit } from './check.ts';
import { cutAudit, sealAnew, sealAudit } from './keep.ts';
import { listAudit } from './list.ts';
import { readAudit } from './log.ts';
import { startTestStore } from '#test/lib/test-store.ts';

const { redis, queues } = await startTestStore();

const key = 'the-key-of-this-test-and-no-other';
const caller = { kind: 'terminal', id: 'u1', name: 'Ada Löve: "x"' } as const;
const requestOf = (id: string) => runRequestSchema.parse({ id, conversation: id, text: 'hello', caller });
const all = async () => (await listAudit(redis, { limit: 1_000 })).rows;
const told = async () => (await all()).toReversed().map(({ run, kind, data }) => [run, kind, data] as const);
const problems = async () => (await checkAudit(redis, key)).problems;

function intent(call: number, readOnly = false): EntryOf<'tool.intended'> {
  const place = { step: 0, call, idempotencyKey: `k${call}` };
  return {
    type: 'tool.intended',
    ...place,
    tool: 'write',
    domain: 'd',
    arguments: '{"a":1}',
    repeatable: false,
    readOnly,
  };
}

function result(call: number, outcome: EntryOf<'tool.finished'>['outcome'] = 'ok'): EntryOf<'tool.finished'> {
  return { type: 'tool.finished', step: 0, call, tool: 'write', domain: 'd', outcome, content: 'x', durationMs: 5 };
}

function ended(outcome: EntryOf<'run.ended'>['outcome']): EntryOf<'run.ended'> {
  const usage = { inputTokens: 0, outputTokens: 0, costUsd: 0, estimated: false };
  return { type: 'run.ended', outcome, text: 'hi', usage, models: [], tools: [], iterations: 1, durationMs: 1 };
}

async function begin(id: string) {
  await acceptRun({ redis, queues }, requestOf(id));
  await claimRun({ redis, queues }, id, 'w');
  return openJournal(redis, id, 1);
}

const end = async (id: string, outcome: EntryOf<'run.ended'>['outcome'], before: JournalEntryInput[] = []) =>
  endRun({ redis, queues }, requestOf(id), await fenceOf(redis, id, 1), ended(outcome), { before });

/** A log of `count` calls, two rows each. */
async function fill(count: number): Promise<void> {
  const journal = await begin('filled');
  for (let call = 0; call < count; call += 1) await journal.appendAll([intent(call), result(call)]);
}

it('has one intent and one outcome of each call, however often they are written', async () => {
  const journal = await begin('r1');
  await journal.appendAll([intent(0), intent(1, true)]);
  await journal.append(intent(0));
  await journal.append(result(0, 'error'));
  await journal.append(result(0));
  await end('r1', 'answered', [result(1)]);
  const hash: unknown = expect.stringMatching(/^[0-9a-f]{64}$/);
  const place = { step: 0, tool: 'write' };
  expect(await told()).toEqual([
    ['r1', 'intent', { ...place, call: 0, domain: 'd', argumentsHash: hash, arguments: '{"a":1}' }],
    ['r1', 'intent', { ...place, call: 1, domain: 'd', argumentsHash: hash, readOnly: true }],
    ['r1', 'outcome', { ...place, call: 0, outcome: 'error', durationMs: 5 }],
    ['r1', 'outcome', { ...place, call: 1, outcome: 'ok', durationMs: 5 }],
  ]);
  expect((await all()).every(({ who }) => who === 'terminal:u1 Ada Löve: "x"')).toBe(true);
});

it('says of a call that was not made, and of one that nobody knows the outcome of', async () => {
  const journal = await begin('r1');
  await journal.appendAll([result(0, 'refused'), intent(1)]);
  await end('r1', 'failed');
  expect((await told()).slice(0, 1)).toMatchObject([['r1', 'unmade', { outcome: 'refused' }]]);
  expect((await told()).at(-1)).toEqual(['r1', 'outcome', { step: 0, call: 1, outcome: 'unknown' }]);
});

it('gets nothing of a worker that has lost its run', async () => {
  const journal = await begin('r1');
  await claimRun({ redis, queues }, 'r1', 'w2');
  await expect(journal.append(intent(0))).rejects.toThrow();
  expect(await end('r1', 'failed', [result(0)])).toBe(false);
  expect(await all()).toEqual([]);
});

it('tells what people did: decisions, stops, replays, discards; a replay does not tell old calls again', async () => {
  const journal = await begin('r1');
  const question = { approval: 'a1', step: 0, call: 0, tool: 'write', arguments: '{}', argumentsHash: 'h' };
  await journal.append({ type: 'approval.requested', ...question, kind: 'policy', expiresAt: Date.now() + 60_000 });
  await decideApproval({ redis, queues }, 'r1', 'a1', { decision: 'deny', by: 'Bea', reason: 'not today' });
  await journal.appendAll([intent(1), result(1)]);
  await stopRun({ redis, queues }, 'r1', 'Cid');
  await end('r1', 'failed');
  await replayRun({ redis, queues }, 'r1', { from: 'start', by: 'Dot' });
  await createLookup({ redis }).discard('r1', 'Eve');
  expect((await told()).map(([run, kind]) => `${run} ${kind}`)).toEqual([
    'r1 asked',
    'r1 decided',
    'r1 intent',
    'r1 outcome',
    'r1 stop',
    'r1-r1 replay',
    'r1 discard',
  ]);
  const by = (await all()).toReversed().flatMap(({ data }) => data['by'] ?? []);
  expect(by).toEqual(['Bea', 'Cid', 'Dot', 'Eve']);
  expect(await problems()).toEqual([]);
});

it('finds by run, person, tool, kind and time', async () => {
  await (await begin('r1')).append(intent(0));
  await (await begin('r2')).append(intent(0));
  await stopRun({ redis, queues }, 'r2', 'Cid');
  const count = async (filter: object) => (await listAudit(redis, { limit: 100, ...filter })).rows.length;
  expect(await count({ run: 'r1' })).toBe(1);
  expect(await count({ user: 'u1' })).toBe(3);
  expect(await count({ user: caller.name })).toBe(3);
  expect(await count({ user: 'terminal:u1' })).toBe(3);
  expect(await count({ user: 'Cid' })).toBe(1);
  expect(await count({ user: 'u' })).toBe(0);
  expect(await count({ tool: 'write' })).toBe(2);
  expect(await count({ kinds: ['stop'] })).toBe(1);
  expect(await count({ since: Date.now() + 60_000 })).toBe(0);
  expect(await count({ limit: 2 })).toBe(2);
});

it('reads and checks more rows than one page has', async () => {
  await fill(600);
  expect(await all()).toHaveLength(1_000);
  expect(new Set((await listAudit(redis, { limit: 5_000 })).rows.map(({ id }) => id)).size).toBe(1_200);
  expect(await checkAudit(redis, key)).toMatchObject({ rows: 1_200, problems: [] });
});

it('shows a row that was changed, taken out or put in', async () => {
  await fill(3);
  expect(await problems()).toEqual([]);
  const rows = await Array.fromAsync(readAudit(redis));
  const third = rows[2];
  await redis.xdel(keys.audit, third?.id ?? '');
  expect(await problems()).toHaveLength(1);
  await redis.flushall();
  await fill(3);
  const last = (await Array.fromAsync(readAudit(redis))).at(-1);
  const forged = { run: 'filled', who: '', kind: 'outcome', data: '{"outcome":"ok"}', hash: last?.hash ?? '' };
  await redis.xadd(keys.audit, '*', ...Object.entries(forged).flat());
  expect(await problems()).toHaveLength(1);
});

it('shows by its seal that a log was computed anew, or cut off at its end', async () => {
  await fill(3);
  const sealed = await sealAudit(redis, key);
  const [newest] = await all();
  expect(sealed).toMatchObject({ state: 'sealed', row: { id: newest?.id } });
  expect(await sealAudit(redis, key)).toEqual({ state: 'unchanged' });
  expect((await checkAudit(redis, key)).sealedTo).toBe(newest?.at);
  expect((await checkAudit(redis)).sealedTo).toBeUndefined();
  await redis.del(keys.audit, keys.run('filled'), keys.once('filled'), keys.journal('filled'));
  await fill(2);
  expect((await checkAudit(redis)).problems).toEqual([]);
  expect(await problems()).toEqual([expect.stringContaining('seal')]);
  expect(await sealAudit(redis, key)).toEqual({ state: 'broken' });
});

it('can be sealed and cut by several at once', async () => {
  for (let round = 0; round < 5; round += 1) {
    const journal = await begin(`r${round}`);
    for (let call = 0; call < 20; call += 1) await journal.append(intent(call));
    const keep = { ms: 3_600_000, max: 15 };
    const one = async () => [await sealAudit(redis, key), await cutAudit(redis, key, keep)];
    const both = (await Promise.all([one(), one(), one()])).flat();
    expect(both).not.toContainEqual({ state: 'broken' });
    expect(await checkAudit(redis, key)).toMatchObject({ rows: 15, problems: [] });
  }
});

it('seals nothing that does not follow from what it has sealed', async () => {
  await fill(2);
  await sealAudit(redis, key);
  const [newest] = await all();
  await redis.xadd(keys.audit, '*', 'run', 'r', 'who', '', 'kind', 'stop', 'data', '{}', 'hash', newest?.hash ?? '');
  expect(await sealAudit(redis, key)).toEqual({ state: 'broken' });
});

it('is sealed with a new key when an operator says so', async () => {
  await fill(30);
  await sealAudit(redis, key);
  await cutAudit(redis, key, { ms: 3_600_000, max: 20 });
  const next = 'another-key-than-the-one-before!';
  expect(await sealAudit(redis, next)).toEqual({ state: 'broken' });
  expect((await checkAudit(redis, next)).problems).toHaveLength(2);
  expect(await sealAnew(redis, next)).toMatchObject({ state: 'sealed' });
  expect(await checkAudit(redis, next)).toMatchObject({
    rows: 20,
    problems: [],
    sealedTo: expect.any(Number) as number,
  });
});

it('lets go of the oldest rows by number and age, and can still be checked', async () => {
  await fill(300);
  const hour = 3_600_000;
  expect(await cutAudit(redis, key, { ms: hour, max: 1_000 })).toBe(0);
  expect(await cutAudit(redis, key, { ms: hour, max: 50 })).toBe(550);
  expect(await checkAudit(redis, key)).toMatchObject({ rows: 50, problems: [] });
  expect((await checkAudit(redis, 'another-key-than-the-right-one')).problems).toHaveLength(1);
  await redis.xtrim(keys.audit, 'MAXLEN', 40);
  expect(await problems()).toEqual([expect.stringContaining('must begin with row')]);
});

it('keeps the row that the seal is about', async () => {
  await fill(5);
  await sealAudit(redis, key);
  await (await begin('next')).append(intent(0));
  expect(await cutAudit(redis, key, { ms: 3_600_000, max: 1 })).toBe(9);
  expect(await checkAudit(redis, key)).toMatchObject({ rows: 2, problems: [] });
});

it('keeps the newest row when all are too old, and goes on from it', async () => {
  await fill(5);
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await cutAudit(redis, key, { ms: 0, max: 1_000 })).toBe(9);
  await (await begin('next')).append(intent(0));
  expect(await checkAudit(redis, key)).toMatchObject({ rows: 2, problems: [] });
});

it('is not told to be changed while retention takes rows', async () => {
  await fill(600);
  let max = 1_200;
  // Before each page that the check reads, retention takes rows, until few are left.
  const watched = Object.create(redis, {
    xrange: {
      async value(...args: Parameters<Redis['xrange']>) {
        if (max > 300) await cutAudit(redis, key, { ms: 3_600_000, max: (max -= 300) });
        return redis.xrange(...args);
      },
    },
  }) as Redis;
  expect(await checkAudit(watched, key)).toMatchObject({ rows: 300, problems: [] });
});

it('is cut once when two do it', async () => {
  await fill(100);
  const cut = () => cutAudit(redis, key, { ms: 3_600_000, max: 20 });
  const taken = await Promise.all([cut(), cut(), cut()]);
  expect(taken.reduce((sum, count) => sum + count, 0)).toBe(180);
  expect(await checkAudit(redis, key)).toMatchObject({ rows: 20, problems: [] });
});
