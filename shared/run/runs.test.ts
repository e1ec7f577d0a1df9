import { expect, test } from 'vitest';
import { FencedError } from '#shared/ground/errors.ts';
import { createFollower, type RunEvent } from './follower.ts';
import { appendEntries, readJournal } from './journal.ts';
import { fenceOf, openJournal } from '#test/lib/claims.ts';
import { keys } from '#shared/redis/keys.ts';
import { publishLive } from './live.ts';
import { redisNow } from '#shared/redis/connect.ts';
import { queueKey } from '#shared/redis/keys.ts';
import { priorityOf } from './enqueue.ts';
import { claimRun } from './claim.ts';
import { decideApproval } from './decide.ts';
import { acceptRun } from './accept.ts';
import { endRun } from './end.ts';
import { createReconciler } from './reconcile.ts';
import { readRun } from './record.ts';
import { suspendRun } from './suspend.ts';
import { stopRun } from './stop.ts';
import { beginTalk, historyName, readTalk } from './talks.ts';
import type { EntryOf } from './journal-entries.ts';
import { runRequestSchema, type RunRequestInput } from './request.ts';
import { startTestStore } from '#test/lib/test-store.ts';

const { server, redis, queues } = await startTestStore();

function request(id: string, conversation = id, user = 'ada'): RunRequestInput {
  return { id, conversation, text: 'hello', caller: { kind: 'terminal', id: user } };
}

function ended(outcome: EntryOf<'run.ended'>['outcome'] = 'answered'): EntryOf<'run.ended'> {
  const usage = { inputTokens: 0, outputTokens: 0, costUsd: 0, estimated: false };
  return { type: 'run.ended', outcome, text: 'hi', usage, models: [], tools: [], iterations: 1, durationMs: 1 };
}

function question(approval: string): EntryOf<'approval.requested'> {
  const call = { step: 0, call: 0, tool: 't', arguments: '{}', argumentsHash: 'h' };
  return { type: 'approval.requested', approval, ...call, kind: 'policy', expiresAt: Date.now() + 60_000 };
}

async function finish(id: string, conversation = id): Promise<void> {
  const claim = await claimRun({ redis, queues }, id, 'w1');
  if (claim.state !== 'claimed') throw new Error(`not claimed: ${claim.state}`);
  await endRun({ redis, queues }, runRequestSchema.parse(request(id, conversation)), claim, ended());
}

test('an accepted run is stored, journaled and queued; the same id is accepted once', async () => {
  expect(await acceptRun({ redis, queues }, request('r1'))).toEqual({ runId: 'r1', fresh: true, ahead: 0 });
  expect(await acceptRun({ redis, queues }, request('r1'))).toMatchObject({ fresh: false });
  expect((await readRun(redis, 'r1'))?.status).toBe('queued');
  expect((await readJournal(redis, 'r1')).map(({ entry }) => entry.type)).toEqual(['run.accepted']);
  expect((await queues.queue('runs').getJobs()).map((job) => job.id)).toEqual(['r1']);
  await claimRun({ redis, queues }, 'r1', 'w1');
  expect(await redis.zcard(keys.unqueued)).toBe(0);
});

test('runs of one conversation are queued one after the other, others at once', async () => {
  await acceptRun({ redis, queues }, request('a1', 'a'));
  expect(await acceptRun({ redis, queues }, request('a2', 'a'))).toMatchObject({ ahead: 1 });
  await acceptRun({ redis, queues }, request('b1', 'b'));
  const waiting = async () => (await queues.queue('runs').getJobs()).map((job) => job.id).toSorted();
  expect(await waiting()).toEqual(['a1', 'b1']);
  await finish('a1', 'a');
  expect(await waiting()).toEqual(['a1', 'a2', 'b1']);
});

test("a caller's later runs come after others, and yet nearer with time", async () => {
  for (const id of ['f1', 'f2', 'f3']) await acceptRun({ redis, queues }, request(id, id, 'flooder'));
  await acceptRun({ redis, queues }, request('q1', 'q1', 'quiet'));
  const jobs = await queues.queue('runs').getJobs();
  const priority = (id: string) => jobs.find((job) => job.id === id)?.priority ?? Number.NaN;
  expect(priority('f2')).toBeGreaterThan(priority('q1'));
  expect(priority('f3')).toBeGreaterThan(priority('f2'));
  const now = await redisNow(redis);
  // A question that comes a minute later is no longer ahead of the flood's third one.
  expect(priorityOf(now + 60_000, 1)).toBeGreaterThan(priority('f3'));
});

test('a worker that lost its run can write nothing and end nothing', async () => {
  await acceptRun({ redis, queues }, request('r1'));
  await claimRun({ redis, queues }, 'r1', 'w1');
  const zombie = openJournal(redis, 'r1', 1);
  const second = await claimRun({ redis, queues }, 'r1', 'w2');
  expect(second).toMatchObject({ state: 'claimed', epoch: 2 });
  await expect(zombie.append({ type: 'notice', key: 'k', text: 't' })).rejects.toThrow(FencedError);
  expect(
    await endRun({ redis, queues }, runRequestSchema.parse(request('r1')), await fenceOf(redis, 'r1', 1), ended()),
  ).toBe(false);
  expect((await readRun(redis, 'r1'))?.status).toBe('running');
});

test('a claim has read all that was written before it, also while others write', async () => {
  await acceptRun({ redis, queues }, request('r1'));
  const vote = { type: 'feedback', by: 'ada', vote: 'up' } as const;
  const votes = Array.from({ length: 40 }, () => appendEntries(redis, 'r1', [vote]));
  const claims = await Promise.all(Array.from({ length: 5 }, (_, at) => claimRun({ redis, queues }, 'r1', `w${at}`)));
  await Promise.all(votes);
  const whole = await readJournal(redis, 'r1');
  for (const claim of claims) {
    if (claim.state !== 'claimed') throw new Error(`not claimed: ${claim.state}`);
    expect(claim.journal).toEqual(whole.slice(0, claim.journal.length));
    expect(claim.journal.at(-1)?.entry).toMatchObject({ type: 'run.claimed', epoch: claim.epoch });
  }
});

test('an entry is written once: the first stays', async () => {
  await acceptRun({ redis, queues }, request('r1'));
  await claimRun({ redis, queues }, 'r1', 'w1');
  const journal = openJournal(redis, 'r1', 1);
  const result = { type: 'tool.finished', step: 0, call: 0, tool: 't', outcome: 'ok', durationMs: 1 } as const;
  const first = await journal.append({ ...result, content: 'one' });
  const again = await journal.append({ ...result, content: 'two' });
  expect(again).toEqual({ id: first.id, fresh: false });
  const results = (await readJournal(redis, 'r1')).filter(({ entry }) => entry.type === 'tool.finished');
  expect(results).toHaveLength(1);
});

test('what a crash kept from the queue is added by the sweeper, once', async () => {
  await acceptRun({ redis, queues }, request('r1'));
  await queues.queue('runs').obliterate({ force: true });
  await redis.zadd(keys.unqueued, 1, 'r1');
  expect(await createReconciler({ redis, queues }).pass()).toMatchObject({ queued: 1 });
  expect((await queues.queue('runs').getJobs()).map((job) => job.id)).toEqual(['r1']);
  expect(await createReconciler({ redis, queues }).pass()).toMatchObject({ queued: 0 });
  expect(await redis.zcard(keys.unqueued)).toBe(0);
});

test('a waiting run holds no job and is queued again when it may go on', async () => {
  await acceptRun({ redis, queues }, request('r1'));
  await claimRun({ redis, queues }, 'r1', 'w1');
  await queues.queue('runs').obliterate({ force: true });
  await openJournal(redis, 'r1', 1).append(question('0-0'));
  expect(await suspendRun({ redis, queues }, 'r1', await fenceOf(redis, 'r1', 1))).toBe('waiting');
  expect((await claimRun({ redis, queues }, 'r1', 'w2')).state).toBe('waiting');
  const yes = { decision: 'allow', by: 'ada' } as const;
  expect(await decideApproval({ redis, queues }, 'r1', '0-0', yes)).toBe('decided');
  expect(await decideApproval({ redis, queues }, 'r1', '0-0', yes)).toBe('already-decided');
  expect((await queues.queue('runs').getJobs()).map((job) => job.id)).toEqual(['r1~1']);
});

test('stopping a run that no worker holds ends it and lets the next one go', async () => {
  await acceptRun({ redis, queues }, request('a1', 'a'));
  await acceptRun({ redis, queues }, request('a2', 'a'));
  expect(await stopRun({ redis, queues }, 'a1', 'ada')).toBe('stopped');
  expect(await stopRun({ redis, queues }, 'a1', 'ada')).toBe('already-ended');
  expect(await readRun(redis, 'a1')).toMatchObject({ status: 'ended', outcome: 'stopped' });
  expect((await queues.queue('runs').getJobs()).map((job) => job.id)).toContain('a2');
});

test('a follower sees journal and text in order, from several runs over one connection', async () => {
  await using follower = createFollower(redis, server.url);
  const collect = async (id: string) => {
    const seen: string[] = [];
    for await (const event of follower.follow(id)) seen.push(describe(event));
    return seen;
  };
  await Promise.all(['r1', 'r2'].map((id) => acceptRun({ redis, queues }, request(id))));
  const both = Promise.all([collect('r1'), collect('r2')]);
  for (const id of ['r1', 'r2']) {
    await claimRun({ redis, queues }, id, 'w1');
    await publishLive(redis, id, { type: 'text', epoch: 1, step: 0, text: 'h' });
    await publishLive(redis, id, { type: 'text', epoch: 1, step: 0, text: 'i' });
    await endRun({ redis, queues }, runRequestSchema.parse(request(id)), await fenceOf(redis, id, 1), ended());
  }
  const expected = ['run.accepted', 'run.claimed', 'h', 'i', 'run.ended'];
  expect(await both).toEqual([expected, expected]);
  expect(await collect('r1')).toEqual(expected);
});

function describe(event: RunEvent): string {
  if (event.kind === 'entry') return event.entry.type;
  return event.event.type === 'text' ? event.event.text : event.event.type;
}

test('the jobs of a run stand with it, as BullMQ itself would have added them', async () => {
  const discord = { channel: '1', message: '2', mention: 'you' };
  const accepted = await acceptRun({ redis, queues }, { ...request('r1'), discord });
  expect(accepted).toMatchObject({ fresh: true });
  const [ours, at] = [await storedJobs('r1'), (await readRun(redis, 'r1'))?.acceptedAt ?? 0];
  await redis.flushall();
  await queues.add('run', { runId: 'r1' }, { jobId: 'r1', priority: priorityOf(at, 1) });
  await queues.add('reply', { runId: 'r1' }, { jobId: 'r1' });
  expect(ours).toEqual(await storedJobs('r1'));
  expect(ours).toHaveLength(11);
});

test('the jobs of a queue that is paused wake nobody; a job that is there is not added again', async () => {
  await queues.queue('runs').pause();
  await queues.add('run', { runId: 'other' }, { jobId: 'r1', priority: 9 });
  await acceptRun({ redis, queues }, request('r1'));
  expect(await redis.exists(`${queueKey('runs')}:marker`)).toBe(0);
  const [job] = await queues.queue('runs').getJobs();
  expect(job?.data).toEqual({ runId: 'other' });
  await acceptRun({ redis, queues }, request('r2'));
  expect(await redis.exists(`${queueKey('runs')}:marker`)).toBe(0);
  expect((await queues.queue('runs').getJobs()).map(({ id }) => id).toSorted()).toEqual(['r1', 'r2']);
});

/** All that stands under the keys of the queues, but for when it was added. */
async function storedJobs(id: string): Promise<[key: string, value: unknown][]> {
  const found = (await redis.keys('{dragoman}:r*')).filter((key) => /:(?:runs|replies):/.test(key)).toSorted();
  const read = async (key: string): Promise<unknown> => {
    switch (await redis.type(key)) {
      case 'hash': {
        const { timestamp: _, opts, version: __, ...rest } = await redis.hgetall(key);
        return opts === undefined ? rest : { ...rest, opts: JSON.parse(opts) as unknown };
      }
      case 'stream':
        return (await redis.xrange(key, '-', '+')).map(([, fields]) => fields);
      case 'zset':
        return redis.zrange(key, '0', '-1', 'WITHSCORES');
      case 'list':
        return redis.lrange(key, 0, -1);
      default:
        return redis.get(key);
    }
  };
  expect(found).toContain(`${queueKey('runs')}:${id}`);
  return Promise.all(
    found.filter((key) => !key.endsWith(':meta')).map(async (key) => [key, await read(key)] as [string, unknown]),
  );
}

test('a new talk begins once for one request; what was made for the one before is refused whole', async () => {
  expect(await readTalk(redis, 'a')).toEqual({ number: 0 });
  await acceptRun({ redis, queues }, request('a1', 'a'), { talk: 0 });
  expect(await beginTalk(redis, 'a', '10')).toBe(1);
  expect(await beginTalk(redis, 'a', '10')).toBe(1);
  expect(await readTalk(redis, 'a')).toEqual({ number: 1, since: '10' });
  expect(await acceptRun({ redis, queues }, request('a2', 'a'), { talk: 0 })).toMatchObject({
    fresh: false,
    outdated: true,
  });
  expect(await readRun(redis, 'a2')).toBeUndefined();
  expect(await redis.llen(keys.line('a'))).toBe(1);
  await acceptRun({ redis, queues }, request('a2', 'a'), { talk: 1 });
  expect([(await readRun(redis, 'a1'))?.talk, (await readRun(redis, 'a2'))?.talk]).toEqual([0, 1]);
});

test('histories of earlier talks go after a week, those of the newest with the conversation', async () => {
  const history = { lines: ['line'], keep: 9, ttlMs: 30 * 86_400_000 };
  for (const [index, id] of ['a1', 'a2'].entries()) {
    await acceptRun({ redis, queues }, request(id, 'a'));
    await claimRun({ redis, queues }, id, 'w');
    await endRun({ redis, queues }, runRequestSchema.parse(request(id, 'a')), await fenceOf(redis, id, 1), ended(), {
      history: { ...history, name: historyName('a', index) },
    });
    await beginTalk(redis, 'a', String(index));
  }
  await acceptRun({ redis, queues }, request('a3', 'a'));
  await claimRun({ redis, queues }, 'a3', 'w');
  await endRun({ redis, queues }, runRequestSchema.parse(request('a3', 'a')), await fenceOf(redis, 'a3', 1), ended(), {
    history: { ...history, name: 'a~2' },
  });
  expect(await redis.zrange(keys.conversations, '0', '-1')).toEqual(['a~2']);
  const left = await Promise.all(['a', 'a~1', 'a~2'].map((name) => redis.pttl(keys.history(name))));
  expect(left.map((ms) => ms > 8 * 86_400_000)).toEqual([false, false, true]);
  expect(left.every((ms) => ms > 0)).toBe(true);
});

test('a conversation that goes on stays at its talk', async () => {
  await beginTalk(redis, 'talked', '1');
  await redis.pexpire(keys.talk('talked'), 60_000);
  await acceptRun({ redis, queues }, request('goes-on', 'talked'));
  expect(await redis.pttl(keys.talk('talked'))).toBeGreaterThan(1_000_000);
  expect((await readTalk(redis, 'talked')).number).toBe(1);
});
