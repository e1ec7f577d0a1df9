import { UnrecoverableError, Worker } from 'bullmq';
import { describe, expect, it } from 'vitest';
import { fenceOf, openJournal } from '#test/lib/claims.ts';
import type { EntryOf } from './journal-entries.ts';
import { keys } from '#shared/redis/keys.ts';
import type { RunRequestInput } from './request.ts';
import { mendRun } from './mend.ts';
import { createReconciler, type Reconciled } from './reconcile.ts';
import { createRunStore } from './run-store.ts';
import { startTestStore } from '#test/lib/test-store.ts';

// Whatever sets records, lines and jobs at odds, each run goes on: faults D3, D8, D9, D11 to D13 of the durable core.

const { redis, queues, runs } = await startTestStore();

function request(id: string, conversation = id): RunRequestInput {
  return { id, conversation, text: 'hello', caller: { kind: 'terminal', id: 'ada' } };
}

const discord = (id: string): RunRequestInput => ({ ...request(id), discord: { channel: 'c', messages: [] } });

function question(approval: string): EntryOf<'approval.requested'> {
  const call = { step: 0, call: 0, tool: 't', arguments: '{}', argumentsHash: 'h' };
  return { type: 'approval.requested', approval, ...call, kind: 'policy', expiresAt: Date.now() + 60_000 };
}

const pass = (): Promise<Reconciled> => createReconciler(runs, { youngMs: -1, doorMs: -1 }).pass();

const jobs = async () => (await queues.queue('runs').getJobs()).map((job) => job.id).toSorted();
/** A door whose process dies before it adds a job. */
const dying = () => createRunStore({ redis, queues: { ...queues, add: () => Promise.reject(new Error('killed')) } });

async function waiting(id: string): Promise<void> {
  await runs.accept(request(id));
  await runs.claim(id, 'w');
  await openJournal(redis, id, 1).append(question('0-0'));
  expect(await runs.suspend(id, await fenceOf(redis, id, 1))).toBe('waiting');
  await queues.queue('runs').obliterate({ force: true });
}

describe('a process that dies before it has added a job', () => {
  it('after a decision: the run goes on', async () => {
    await waiting('r1');
    expect(await dying().decide('r1', '0-0', { decision: 'allow', by: 'ada' })).toBe('decided');
    expect(await jobs()).toEqual([]);
    expect(await pass()).toMatchObject({ queued: 1 });
    expect(await jobs()).toEqual(['r1~1']);
    expect(await redis.zcard(keys.approvals)).toBe(0);
  });

  it('after a stop: the run goes on, to its end', async () => {
    await waiting('r1');
    expect(await dying().stop('r1', 'ada')).toBe('stopping');
    expect(await pass()).toMatchObject({ queued: 1 });
    expect(await runs.claim('r1', 'w')).toMatchObject({ state: 'claimed', epoch: 2 });
  });

  it('after the end of a run: the next of its line goes on', async () => {
    await runs.accept(request('a1', 'a'));
    await runs.accept(request('a2', 'a'));
    expect(await dying().stop('a1', 'ada')).toBe('stopped');
    await queues.queue('runs').obliterate({ force: true });
    expect(await pass()).toMatchObject({ queued: 1 });
    expect(await jobs()).toEqual(['a2']);
  });
});

describe('a job that an operator has removed', () => {
  it('comes again, whether its run had begun or not', async () => {
    await runs.accept(request('fresh'));
    await runs.accept(request('begun'));
    await runs.claim('begun', 'w');
    await queues.queue('runs').obliterate({ force: true });
    await redis.del(keys.unqueued);
    expect(await pass()).toMatchObject({ queued: 2 });
    expect(await jobs()).toEqual(['begun', 'fresh']);
  });

  it('comes again whole when its key was deleted under a worker, which has written its failure there', async () => {
    await runs.accept(discord('r1'));
    await queues.add('reply', { runId: 'r1' }, { jobId: 'r1' });
    const broken = (name: 'runs' | 'replies') => queues.queue(name).toKey('r1');
    for (const name of ['runs', 'replies'] as const) {
      await redis.del(broken(name));
      await redis.hset(broken(name), 'failedReason', 'Missing key', 'atm', 3);
    }
    expect(await pass()).toMatchObject({ queued: 1, replies: 1 });
    expect(await redis.hget(broken('runs'), 'data')).toBe('{"runId":"r1"}');
    expect(await redis.hget(broken('replies'), 'data')).toBe('{"runId":"r1"}');
    expect(await pass()).toMatchObject({ queued: 0, replies: 0 });
  });

  it('comes again after a decision, and the run can be stopped', async () => {
    await waiting('r1');
    await runs.decide('r1', '0-0', { decision: 'allow', by: 'ada' });
    await queues.queue('runs').obliterate({ force: true });
    await redis.del(keys.unqueued);
    expect(await pass()).toMatchObject({ queued: 1 });
    expect(await runs.stop('r1', 'ada')).toBe('stopping');
    expect(await runs.claim('r1', 'w')).toMatchObject({ state: 'claimed' });
  });

  it('comes again for replies, until the answer stands', async () => {
    await runs.accept(discord('r1'));
    await queues.queue('replies').obliterate({ force: true });
    expect(await pass()).toMatchObject({ replies: 1 });
    await queues.queue('replies').obliterate({ force: true });
    await redis.hset(keys.delivery('r1'), 'done', '1');
    expect(await pass()).toMatchObject({ replies: 0 });
    expect(await redis.zcard(keys.undelivered)).toBe(0);
  });

  it('is worked again when it had failed for good', async () => {
    await runs.accept(request('r1'));
    const queue = queues.queue('runs');
    await using stack = new AsyncDisposableStack();
    const worker = new Worker('runs', null, { connection: redis, prefix: queue.opts.prefix ?? '' });
    stack.defer(() => worker.close());
    const job = await worker.getNextJob('t', { block: false });
    await job?.moveToFailed(new UnrecoverableError('an operator did this'), 't');
    expect(await queue.getFailedCount()).toBe(1);
    expect(await pass()).toMatchObject({ hastened: 1 });
    expect(await queue.getFailedCount()).toBe(0);
    expect(await jobs()).toEqual(['r1']);
  });

  it('is not put off for an hour by a clock that was ahead', async () => {
    await runs.accept(request('r1'));
    const queue = queues.queue('runs');
    await queue.obliterate({ force: true });
    await queue.add('run', { runId: 'r1' }, { jobId: 'r1', delay: 3_600_000 });
    expect(await pass()).toMatchObject({ hastened: 1 });
    expect(await queue.getDelayedCount()).toBe(0);
    expect(await pass()).toMatchObject({ hastened: 0 });
  });
});

describe('lines and lists', () => {
  it('a head that is gone keeps nobody waiting', async () => {
    await runs.accept(request('a1', 'a'));
    await runs.accept(request('a2', 'a'));
    await queues.queue('runs').obliterate({ force: true });
    await redis.del(keys.run('a1'));
    await pass();
    expect(await jobs()).toEqual(['a2']);
    expect(await redis.lrange(keys.line('a'), 0, -1)).toEqual(['a2']);
  });

  it('a run whose line is gone gets its place again, in order', async () => {
    for (const [at, id] of ['a1', 'a2', 'a3', 'a4'].entries()) {
      await runs.accept(request(id, 'a'));
      await redis.hset(keys.run(id), 'acceptedAt', at + 1);
      await redis.zadd(keys.open, at + 1, id);
    }
    await queues.queue('runs').obliterate({ force: true });
    await redis.lrem(keys.line('a'), 1, 'a2');
    await pass();
    expect(await redis.lrange(keys.line('a'), 0, -1)).toEqual(['a1', 'a2', 'a3', 'a4']);
    expect(await jobs()).toEqual(['a1']);
    await queues.queue('runs').obliterate({ force: true });
    await redis.del(keys.line('a'));
    await pass();
    expect(await redis.lrange(keys.line('a'), 0, -1)).toEqual(['a1', 'a2', 'a3', 'a4']);
    expect(await jobs()).toEqual(['a1']);
  });

  it('a waiting run whose line is gone goes on after its decision', async () => {
    await waiting('r1');
    await redis.del(keys.line('r1'));
    await runs.decide('r1', '0-0', { decision: 'allow', by: 'ada' });
    expect(await pass()).toMatchObject({ queued: 1 });
    expect(await jobs()).toEqual(['r1~1']);
  });

  it('a run whose record is gone is none of its caller’s open questions any more', async () => {
    await runs.accept(request('r1'));
    await runs.accept(request('r2'));
    await redis.hset(keys.spending('terminal:ada'), 'r1', 1, 'r2', 1);
    await redis.del(keys.run('r1'), keys.journal('r1'));
    await pass();
    expect(await redis.smembers(keys.inflight('terminal:ada'))).toEqual(['r2']);
    expect(await redis.hkeys(keys.spending('terminal:ada'))).toEqual(['r2']);
    expect(await redis.zrange(keys.open, '0', '-1')).toEqual(['r2']);
  });

  it('a run that is gone and cannot be forgotten keeps no other from being looked after', async () => {
    await runs.accept(request('r1'));
    await runs.accept(discord('d1'));
    await queues.queue('replies').obliterate({ force: true });
    await redis.del(keys.run('r1'));
    await redis.set(keys.inflight('terminal:odd'), 'no set');
    expect(await pass()).toMatchObject({ replies: 1, unreadable: 1 });
    expect(await redis.zrange(keys.open, '0', '-1')).toContain('r1');
  });

  it('a mark that is set anew while a run is looked after stays', async () => {
    await runs.accept(request('a1', 'a'));
    const slow = { ...queues, add: async () => void (await redis.zadd(keys.unqueued, Date.now() + 5, 'a1')) };
    await queues.queue('runs').obliterate({ force: true });
    await mendRun({ redis, queues: slow }, 'a1');
    expect(await redis.zcard(keys.unqueued)).toBe(1);
  });

  it('a run that cannot be read costs only itself', async () => {
    for (const id of ['a', 'b', 'c']) await runs.accept(request(id));
    await queues.queue('runs').obliterate({ force: true });
    await redis.hset(keys.run('b'), 'request', '{"id":"b","mode":"of-a-newer-version"}');
    expect(await pass()).toMatchObject({ queued: 2, unreadable: 1 });
    expect(await jobs()).toEqual(['a', 'c']);
  });

  it('a run that waits for nothing is woken', async () => {
    await waiting('r1');
    await redis.hset(keys.once('r1'), 'decision:0-0', '1-1');
    expect(await pass()).toMatchObject({ woken: 1 });
    expect(await jobs()).toEqual(['r1~1']);
  });

  it('nothing is done where all is as it should be', async () => {
    await runs.accept(request('a1', 'a'));
    await runs.accept(discord('d1'));
    await waiting('w1').catch(() => undefined);
    await queues.queue('runs').obliterate({ force: true });
    for (const id of ['a1', 'd1']) await mendRun(runs, id);
    await runs.accept(request('a2', 'a'));
    expect(await pass()).toEqual({ queued: 0, woken: 0, hastened: 0, replies: 0, unreadable: 0 });
    expect(await mendRun(runs, 'a2')).toBe('in-line');
    expect(await mendRun(runs, 'w1')).toBe('waiting');
  });
});
