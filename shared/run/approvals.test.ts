import { expect, test } from 'vitest';
import type { Redis } from 'ioredis';
import { dyingRedis } from '#test/lib/dying-redis.ts';
import { fenceOf, openJournal } from '#test/lib/claims.ts';
import { keys } from '#shared/redis/keys.ts';
import type { Queues } from '#shared/queue/queues.ts';
import { acceptRun } from './accept.ts';
import { claimRun } from './claim.ts';
import { listPendingQuestions } from './answer-question.ts';
import { decideApproval, dueApprovals, expireApproval, listPendingApprovals } from './decide.ts';
import { readJournal } from './journal.ts';
import { createReconciler } from './reconcile.ts';
import { readRun } from './record.ts';
import type { RunParts } from './parts.ts';
import { stopRun } from './stop.ts';
import { suspendRun } from './suspend.ts';
import { startTestStore } from '#test/lib/test-store.ts';

const { redis, queues } = await startTestStore();

/** The queues of a process that dies before it has added a job. */
const lostQueues = { add: () => Promise.reject(new Error('this process has died')) } as unknown as Queues;
const approval = '0-0';

/** A run that a worker holds and that has asked its human. */
async function asking(): Promise<void> {
  const caller = { kind: 'terminal' as const, id: 'ada' };
  await acceptRun({ redis, queues }, { id: 'r1', conversation: 'r1', text: 'hello', caller });
  await claimRun({ redis, queues }, 'r1', 'w1');
  await queues.queue('runs').obliterate({ force: true });
  await openJournal(redis, 'r1', 1).append({
    type: 'approval.requested',
    approval,
    step: 0,
    call: 0,
    tool: 'write',
    arguments: '{}',
    argumentsHash: '',
    kind: 'policy',
    expiresAt: 1_000,
  });
}

/** The sweep, as another process would do it. */
const sweep = () => createReconciler({ redis, queues }, { youngMs: -1, doorMs: -1 }).pass();

async function expireAll(parts: RunParts): Promise<void> {
  for (const { runId, approval: due } of await dueApprovals(parts.redis)) await expireApproval(parts, runId, due);
}

async function entries(type: string): Promise<number> {
  return (await readJournal(redis, 'r1')).filter(({ entry }) => entry.type === type).length;
}

async function jobs(): Promise<(string | undefined)[]> {
  return (await queues.queue('runs').getJobs()).map((job) => job.id);
}

/**
 * Does `act` on a connection that dies before its first, then before its second … command, until `act` gets through;
 * runs `check` after each.
 */
async function atEachDeath(act: (dying: Redis) => Promise<unknown>, check: (died: boolean) => Promise<void>) {
  for (let count = 0; ; count += 1) {
    await redis.flushall();
    await asking();
    await suspendRun({ redis, queues }, 'r1', await fenceOf(redis, 'r1', 1));
    await sweep();
    expect([await jobs(), await redis.zcard(keys.unqueued)], 'an open question holds no job').toEqual([[], 0]);
    using dying = dyingRedis(redis, count);
    await act(dying.redis).catch(() => undefined);
    // Other processes look after what was left.
    await sweep();
    await check(dying.commands() === count);
    if (dying.commands() < count) return;
    if (count > 50) throw new Error('it never comes to its end');
  }
}

async function goesOn(): Promise<void> {
  expect(await readRun(redis, 'r1')).toMatchObject({ status: 'queued' });
  expect(await jobs()).toEqual(['r1~1']);
}

async function isStillOpen(): Promise<void> {
  expect(await readRun(redis, 'r1')).toMatchObject({ status: 'waiting' });
  expect(await redis.zscore(keys.approvals, `r1 ${approval}`)).toBe('1000');
}

test('a decision is stored together with the way on of its run, wherever its process dies', () =>
  atEachDeath(
    (dying) => decideApproval({ redis: dying, queues: lostQueues }, 'r1', approval, { decision: 'allow', by: 'Ann' }),
    async (died) => {
      if (!died) expect(await entries('approval.decided')).toBe(1);
      if ((await entries('approval.decided')) === 0) await isStillOpen();
      else await goesOn();
    },
  ));

test('so is the end of the time for a decision', () =>
  atEachDeath(
    (dying) => expireAll({ redis: dying, queues: lostQueues }),
    async (died) => {
      if (!died) expect(await entries('approval.decided')).toBe(1);
      if ((await entries('approval.decided')) === 0) await isStillOpen();
      else await goesOn();
    },
  ));

test('so is the wish to stop', () =>
  atEachDeath(
    (dying) => stopRun({ redis: dying, queues: lostQueues }, 'r1', 'Ann'),
    async (died) => {
      if (!died) expect(await entries('stop.requested')).toBe(1);
      const stop = await redis.hget(keys.run('r1'), 'stop');
      expect(await entries('stop.requested')).toBe(stop === null ? 0 : 1);
      if (stop === null) await isStillOpen();
      else await goesOn();
    },
  ));

test('a worker that dies as it lets its run wait leaves none that was decided before', async () => {
  await asking();
  await decideApproval({ redis, queues }, 'r1', approval, { decision: 'deny', by: 'Ann' });
  expect(await suspendRun({ redis, queues: lostQueues }, 'r1', await fenceOf(redis, 'r1', 1))).toBe('queued');
  await sweep();
  await goesOn();
});

test('what waits is listed, however much else waits', async () => {
  await redis.flushall();
  await asking();
  await openJournal(redis, 'r1', 1).append({
    type: 'question.asked',
    question: 'ask-0-1',
    step: 0,
    call: 1,
    text: 'Which one?',
    expiresAt: 1_000,
  });
  const others = Array.from({ length: 300 }, (_, at) => ['1', `other-${at} 0-0`]).flat();
  await redis.zadd(keys.approvals, ...others);
  expect(await listPendingApprovals(redis)).toMatchObject([{ runId: 'r1', request: { approval } }]);
  expect(await listPendingQuestions(redis)).toMatchObject([{ runId: 'r1', asked: { question: 'ask-0-1' } }]);
});
