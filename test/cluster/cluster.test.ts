import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Redis } from 'ioredis';
import { cutAudit } from '#shared/audit/keep.ts';
import { listAudit } from '#shared/audit/list.ts';
import { auditDiscard } from '#shared/audit/discard.ts';
import { indexAudit } from '#shared/audit/segments.ts';
import { createFollower, type RunEvent } from '#shared/run/follower.ts';
import { readJournal } from '#shared/run/journal.ts';
import { openJournal } from '#test/lib/claims.ts';
import type { EntryOf } from '#shared/run/journal-entries.ts';
import { keys } from '#shared/redis/keys.ts';
import { publishLive } from '#shared/run/live.ts';
import { configureLogging } from '#shared/process/log.ts';
import { createQueues, createWorker, type Queues } from '#shared/queue/queues.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { decideApproval } from '#shared/run/decide.ts';
import { createSubscriber } from '#shared/redis/subscriber.ts';
import { claimRun } from '#shared/run/claim.ts';
import { acceptRun } from '#shared/run/accept.ts';
import { endRun } from '#shared/run/end.ts';
import { forgetRuns, forgetUnchanged } from '#shared/run/forget.ts';
import { indexRuns } from '#shared/run/index-runs.ts';
import { listFailed, listRecent } from '#shared/run/list.ts';
import { createReconciler } from '#shared/run/reconcile.ts';
import { readRun } from '#shared/run/record.ts';
import { suspendRun } from '#shared/run/suspend.ts';
import { runRequestSchema } from '#shared/run/request.ts';
import { stopRun } from '#shared/run/stop.ts';
import { startTestCluster, type TestCluster } from './nodes.ts';

// Tests what shared/ and BullMQ do to Redis on a real Redis Cluster. A key without the hash tag fails there with
// CROSSSLOT or MOVED, inside a script or outside.

let cluster: TestCluster;
let redis: Redis;
let queues: Queues;
const cleanup = new AsyncDisposableStack();

beforeAll(async () => {
  configureLogging('test', 'silent');
  cluster = cleanup.use(await startTestCluster());
  redis = connectRedis(cluster.ownerUrl, 'test');
  cleanup.defer(() => redis.disconnect());
  queues = cleanup.use(createQueues(redis));
}, 120_000);
afterAll(() => cleanup.disposeAsync());

const usage = { inputTokens: 0, outputTokens: 0, costUsd: 0, estimated: false };
const end: EntryOf<'run.ended'> = {
  type: 'run.ended',
  outcome: 'answered',
  text: 'hi',
  usage,
  models: [],
  tools: [],
  iterations: 1,
  durationMs: 1,
};

function request(id: string, conversation = id) {
  return runRequestSchema.parse({ id, conversation, text: 'hello', caller: { kind: 'terminal', id: 'ada' } });
}

const question: EntryOf<'approval.requested'> = {
  type: 'approval.requested',
  approval: '0-0',
  step: 0,
  call: 0,
  tool: 't',
  arguments: '{}',
  argumentsHash: 'h',
  kind: 'policy',
  expiresAt: Date.now() + 600_000,
};

test('runs are accepted, claimed by a worker, suspended, resumed and ended, and followed meanwhile', async () => {
  await using follower = createFollower(redis, cluster.ownerUrl);
  const seen: RunEvent[] = [];
  const followed = (async () => {
    for await (const event of follower.follow('one')) {
      seen.push(event);
      if (event.kind === 'entry' && event.entry.type === 'run.ended') return;
    }
  })();
  let claims = 0;
  await using subscriber = createSubscriber(cluster.ownerUrl);
  await using worker = await createWorker(
    'runs',
    {
      async run({ runId }) {
        const claim = await claimRun({ redis, queues }, runId, 'w1');
        if (claim.state !== 'claimed') return;
        claims += 1;
        await openJournal(redis, runId, claim.epoch).append({ type: 'notice', key: `n${claims}`, text: 'working' });
        await publishLive(redis, runId, { type: 'text', epoch: claim.epoch, step: 0, text: 'h' });
        if (runId === 'one' && claims === 1) {
          await openJournal(redis, runId, claim.epoch).append(question);
          await suspendRun({ redis, queues }, runId, claim);
          return;
        }
        await endRun({ redis, queues }, request(runId, 'talk'), claim, end);
      },
    },
    { redis, subscriber, concurrency: 2 },
  );
  void worker;
  await acceptRun({ redis, queues }, request('one', 'talk'));
  await acceptRun({ redis, queues }, request('two', 'talk'));
  await expect.poll(async () => (await readRun(redis, 'one'))?.status, { timeout: 30_000 }).toBe('waiting');
  await decideApproval({ redis, queues }, 'one', question.approval, { decision: 'allow', by: 'ada' });
  await followed;
  await expect.poll(async () => (await readRun(redis, 'two'))?.status, { timeout: 30_000 }).toBe('ended');
  expect(seen.map((event) => event.kind)).toContain('live');
  expect((await readJournal(redis, 'one')).at(-1)?.entry.type).toBe('run.ended');
}, 90_000);

test('a run is stopped, and what was not queued is swept up', async () => {
  await acceptRun({ redis, queues }, request('stopped'));
  expect(await stopRun({ redis, queues }, 'stopped', 'ada')).toBe('stopped');
  await redis.zadd(keys.unqueued, 1, 'one');
  await createReconciler({ redis, queues }).pass();
});

test('operators find runs and audit rows by their indexes, and runs are forgotten', async () => {
  await indexRuns(redis);
  expect((await listRecent(redis, { user: 'ada', limit: 2 })).rows).toHaveLength(2);
  expect((await listFailed(redis, { user: 'ada', reasons: ['deadline'], limit: 2 })).rows).toEqual([]);
  for (let index = 0; index < 1_000; index += 1) await auditDiscard(redis, { id: `r${index}`, who: '' }, 'Eve');
  expect(await indexAudit(redis)).toBe(1);
  expect((await listAudit(redis, { user: 'Eve', limit: 9 })).rows).toHaveLength(9);
  expect(await forgetUnchanged(redis, [{ id: 'stopped', last: 'changed', fields: 1 }])).toEqual([]);
  await forgetRuns(redis, ['stopped']);
  expect(await readRun(redis, 'stopped')).toBeUndefined();
  expect(await cutAudit(redis, 'the-key-of-this-test-and-no-other', { ms: 0, max: 1 })).toBeGreaterThan(900);
});

test('every key lies on the one master that has the slot', async () => {
  for (const url of cluster.urls) {
    const node = connectRedis(url, 'test');
    const size = await node.dbsize();
    node.disconnect();
    if (url === cluster.ownerUrl) expect(size).toBeGreaterThan(0);
    else expect(size).toBe(0);
  }
});
