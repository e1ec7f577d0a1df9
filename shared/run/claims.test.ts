import { expect, it } from 'vitest';
import { FencedError } from '#shared/ground/errors.ts';
import type { EntryOf, JournalEntryInput } from './journal-entries.ts';
import { keys } from '#shared/redis/keys.ts';
import { beginTalk } from './talks.ts';
import { replayRun } from './replay.ts';
import { startTestStore } from '#test/lib/test-store.ts';

// Who may write to a run, and what is read of it: faults D16, D17, D20 and D21 of the durable core.

const { redis, queues, runs } = await startTestStore();

const caller = { kind: 'terminal', id: 'ada' } as const;
const accept = (id: string, conversation = id) => runs.accept({ id, conversation, text: 'hello', caller });

const claim = (id: string) => claimed(id, 0);

async function claimed(id: string, historyLines: number) {
  const reply = await runs.claim(id, 'w', historyLines);
  if (reply.state !== 'claimed') throw new Error(reply.state);
  return reply;
}

function result(call: number, content: string): EntryOf<'tool.finished'> {
  return { type: 'tool.finished', step: 0, call, tool: 't', domain: 'd', outcome: 'ok', content, durationMs: 1 };
}

function intent(call: number): EntryOf<'tool.intended'> {
  const place = { step: 0, call, idempotencyKey: `k${call}` };
  return { type: 'tool.intended', ...place, tool: 't', domain: 'd', arguments: '{}', repeatable: false };
}

const noUsage = { inputTokens: 0, outputTokens: 0, costUsd: 0, estimated: false };

function ended(outcome: EntryOf<'run.ended'>['outcome']): EntryOf<'run.ended'> {
  return {
    type: 'run.ended',
    outcome,
    text: 'hi',
    usage: noUsage,
    models: [],
    tools: [],
    iterations: 1,
    durationMs: 1,
  };
}

/** Loses the claim, as a failover to a replica that lags does. */
async function loseClaim(id: string): Promise<void> {
  await redis.hincrby(keys.run(id), 'epoch', -1);
  await redis.hdel(keys.run(id), 'token');
}

it('of two workers with one epoch, after a failover, one can write', async () => {
  await accept('r1');
  const first = await claim('r1');
  await loseClaim('r1');
  const second = await claim('r1');
  expect(second.epoch).toBe(first.epoch);
  await runs.append('r1', second, [result(0, 'second')]);
  await expect(runs.append('r1', first, [result(1, 'first')])).rejects.toThrow(FencedError);
  const { request } = (await runs.read('r1'))!;
  expect(await runs.end(request, first, ended('answered'))).toBe(false);
  expect(await runs.suspend('r1', first)).toBe('lost');
  expect(await runs.end(request, second, ended('answered'))).toBe(true);
});

it('an entry that says something else than the one that stands tells its worker to go; the same once more does not', async () => {
  await accept('r1');
  const mine = await claim('r1');
  await runs.append('r1', mine, [result(0, 'one')]);
  await expect(runs.append('r1', mine, [result(0, 'two')])).rejects.toThrow(FencedError);
  expect(await runs.append('r1', mine, [result(0, 'one')])).toMatchObject([{ fresh: false }]);
});

it('long results stand beside the journal, and are whole for who reads it', async () => {
  const long = 'päge '.repeat(10_000);
  await accept('r1');
  const mine = await claim('r1');
  await runs.append('r1', mine, [result(0, 'short'), result(1, long)]);
  expect(await runs.append('r1', mine, [result(1, long)])).toMatchObject([{ fresh: false }]);
  const raw = await redis.xrange(keys.journal('r1'), '-', '+');
  expect(Math.max(...raw.map(([, fields]) => fields[1]?.length ?? 0))).toBeLessThan(5_000);
  const contents = (entries: { entry: JournalEntryInput }[]) =>
    entries.flatMap(({ entry }) => (entry.type === 'tool.finished' ? [entry.content] : []));
  expect(contents(await runs.journal('r1'))).toEqual(['short', long]);
  expect(contents((await claim('r1')).journal)).toEqual(['short', long]);
});

it('a run of thousands of entries is claimed, read and ended', { timeout: 60_000 }, async () => {
  await accept('r1');
  const mine = await claim('r1');
  const many = Array.from({ length: 3_500 }, (_, call) => result(call, 'x'));
  const { request } = (await runs.read('r1'))!;
  expect(await runs.end(request, mine, ended('answered'), { before: many })).toBe(true);
  expect(await runs.journal('r1')).toHaveLength(3_500 + 3);
});

it('the history belongs to the talk in which a run was accepted, whatever its job says', async () => {
  await accept('r1', 'talk');
  await beginTalk(redis, 'talk', '1');
  await accept('r2', 'talk');
  expect((await claim('r1')).history).toBe('talk');
  expect((await runs.read('r2'))?.history).toBe('talk~1');
  expect((await queues.queue('runs').getJobs()).map((job) => job.data as unknown)).toEqual([{ runId: 'r1' }]);
});

it('a call that a replayed run left open has an intent where it is made, and no second outcome where it is not', async () => {
  for (const [id, again] of [['made', true] as const, ['unmade', false] as const]) {
    await accept(id);
    const mine = await claim(id);
    const answer = { type: 'model.answered', step: 0, model: 'm', text: '', finishReason: 'tool_calls' } as const;
    const toolCalls = [{ id: 'c', name: 't', arguments: '{}' }];
    await runs.append(id, mine, [{ ...answer, toolCalls, usage: noUsage, durationMs: 1 }, intent(0)]);
    await runs.end((await runs.read(id))!.request, mine, ended('stopped'));
    const replayed = await replayRun(runs, id, { from: 'failed-step', by: 'ada' });
    if (replayed.state !== 'accepted') throw new Error(replayed.state);
    const next = await claim(replayed.runId);
    if (again) await runs.append(replayed.runId, next, [intent(0)]);
    await runs.append(replayed.runId, next, [result(0, 'done')]);
    const rows = (await redis.xrange(keys.audit, '-', '+')).filter(([, fields]) => fields[1] === replayed.runId);
    const kinds = rows.map(([, fields]) => fields[5]).filter((kind) => kind !== 'replay');
    expect(kinds).toEqual(again ? ['intent', 'outcome'] : ['unmade']);
  }
});

it('a claim brings the history of the talk that its run belongs to, the first or a later one', async () => {
  const lineOf = (text: string) => JSON.stringify({ role: 'user', content: text });
  await redis.rpush(keys.history('told'), lineOf('first talk'));
  await redis.rpush(keys.history('told~1'), lineOf('second talk'));
  await accept('in-first', 'told');
  expect(await runs.claim('in-first', 'w', 5)).toMatchObject({ history: 'told', lines: [lineOf('first talk')] });
  await beginTalk(redis, 'told', '1');
  await accept('in-second', 'told');
  expect(await runs.claim('in-second', 'w', 5)).toMatchObject({ history: 'told~1', lines: [lineOf('second talk')] });
});

it('a claim brings as many lines of a history as are asked for, of a short one and of a long one', async () => {
  const lines = Array.from({ length: 50 }, (_, index) => `line ${index}`);
  await redis.rpush(keys.history('long'), ...lines);
  for (const [index, count] of [0, 5, 20, 21, 50, 99].entries()) {
    await accept(`r${index}`, 'long');
    const { lines: brought } = await claimed(`r${index}`, count);
    expect(brought).toEqual(count === 0 ? [] : lines.slice(-count));
  }
});

it('a question whose door brings its context is given no history', async () => {
  await redis.rpush(keys.history('told'), 'line');
  const context = [{ role: 'user', content: 'Before.' } as const];
  await runs.accept({ id: 'r1', conversation: 'told', text: 'hello', caller, context });
  expect((await claimed('r1', 5)).lines).toEqual([]);
});

it('a run of an older version, which names no history, is given none and leaves none', async () => {
  await redis.rpush(keys.history(''), 'of somebody else');
  await accept('r1');
  await redis.hdel(keys.run('r1'), 'history');
  const mine = await claimed('r1', 5);
  expect(mine).toMatchObject({ history: '', lines: [] });
  const { request } = (await runs.read('r1'))!;
  await runs.end(request, mine, ended('answered'), { history: { name: '', lines: ['mine'], keep: 9, ttlMs: 1_000 } });
  expect(await redis.lrange(keys.history(''), 0, -1)).toEqual(['of somebody else']);
});
