import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'bullmq';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { readJournal } from '#shared/run/journal.ts';
import { keys } from '#shared/redis/keys.ts';
import { missingWorkers } from '#shared/queue/presence.ts';
import { lockMs } from '#shared/queue/queues.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { mark } from '#test/model/turn.ts';
import { startRig, type Rig } from '#test/worker/rig.ts';
import { readWitness, startWorkerProcess, type WorkerProcess } from '#test/worker/worker-process.ts';
import { releaseLostJobs, shortenLocks } from './lost-workers.ts';

let rig: Rig;
let folder: string;

beforeAll(async () => {
  rig = await startRig();
  folder = await mkdtemp(path.join(tmpdir(), 'dragoman-lost-'));
});
afterAll(async () => {
  await rig[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

// Forgets the workers that an earlier test has killed.
beforeEach(() => rig.redis.del(keys.present));

const dead = JSON.stringify({ queue: 'runs', host: 'h', pid: 1, since: 0, seen: true });

const witness = () => path.join(folder, 'witness');
const start = (env: Record<string, string> = {}) =>
  startWorkerProcess({
    REDIS_URL: rig.server.url,
    LITELLM_API_BASE: rig.model.url,
    DRAGOMAN_SIGNING_KEY: 'k'.repeat(32),
    TOOL_WITNESS: witness(),
    ...env,
  });
const release = () => releaseLostJobs(rig.redis, rig.queues);
const lockOf = (runId: string) => `${rig.queues.queue('runs').toKey(runId)}:lock`;

/** Starts a run whose worker hangs in a call. Returns its id. */
async function hanging(name: string): Promise<string> {
  rig.model.script(name, [{ toolCalls: [{ name: 'look', arguments: {} }] }, { text: 'Finished.' }]);
  const before = readWitness(witness()).length;
  const runId = await rig.accept(mark(name, 'Look.'));
  await vi.waitUntil(() => readWitness(witness()).length > before, { timeout: 30_000 });
  return runId;
}

it('an entry of the list that cannot be read hides no other', async () => {
  await rig.redis.hset(keys.present, 'odd', 'no JSON', 'dead', dead);
  expect([...(await missingWorkers(rig.redis))]).toEqual(['dead']);
});

/** Kills a worker and waits until it is missing: Redis learns of the death from the system, a moment later. */
async function gone(worker: WorkerProcess): Promise<void> {
  await worker.kill();
  await vi.waitUntil(async () => (await missingWorkers(rig.redis)).size === 1, { timeout: 10_000 });
}

it('lets go the jobs of a worker that has died, and of no other', { timeout: 90_000 }, async () => {
  await using worker = await start({ TOOLS_HANG: 'look' });
  const runId = await hanging('alive');
  expect(await release()).toBe(0);
  worker.signal('SIGSTOP');
  expect(await release()).toBe(0);
  expect(await rig.redis.exists(lockOf(runId))).toBe(1);
  await gone(worker);
  expect(await release()).toBe(1);
  expect(await rig.redis.exists(lockOf(runId))).toBe(0);
  expect(await rig.redis.hlen(keys.present)).toBe(0);
  // The run goes on where it was.
  await using _ = await start();
  expect(await rig.ended(runId)).toMatchObject({ outcome: 'answered', text: 'Finished.' });
});

it('leaves a job alone that another worker has taken meanwhile', { timeout: 60_000 }, async () => {
  await using worker = await start({ TOOLS_HANG: 'look' });
  const runId = await hanging('taken');
  await gone(worker);
  const releasing = release();
  await sleep(300);
  await rig.redis.set(lockOf(runId), 'another:1', 'PX', 60_000);
  expect(await releasing).toBe(0);
  expect(await rig.redis.get(lockOf(runId))).toBe('another:1');
  await rig.redis.del(lockOf(runId));
});

it('lets go the replies of an ingress that has died', async () => {
  await rig.queues.add('reply', { runId: 'shown' }, { jobId: 'shown' });
  const queue = rig.queues.queue('replies');
  await using stack = new AsyncDisposableStack();
  const ingress = new Worker('replies', null, { connection: rig.redis, prefix: queue.opts.prefix ?? '' });
  stack.defer(() => ingress.close());
  expect((await ingress.getNextJob('dead:7', { block: false }))?.id).toBe('shown');
  await rig.redis.hset(keys.present, 'dead', dead);
  expect(await release()).toBe(1);
  expect(await rig.redis.exists(`${queue.toKey('shown')}:lock`)).toBe(0);
});

it(
  'misses nobody who leaves in order, nor anybody while Redis has only just been found again',
  { timeout: 30_000 },
  async () => {
    await using worker = await start();
    expect(await rig.redis.hlen(keys.present)).toBe(1);
    await worker.terminate();
    expect(await rig.redis.hlen(keys.present)).toBe(0);
    await rig.redis.hset(keys.present, 'dead', dead);
    expect(await missingWorkers(rig.redis)).toEqual(new Set(['dead']));
    const fresh = connectRedis(rig.server.url, 'fresh');
    await fresh.ping();
    expect((await missingWorkers(fresh)).size).toBe(1);
    const again = once(fresh, 'close').then(() => once(fresh, 'ready'));
    fresh.disconnect(true);
    await again;
    expect((await missingWorkers(fresh)).size).toBe(0);
    await vi.waitUntil(async () => (await missingWorkers(fresh)).size === 1, { timeout: 20_000 });
    fresh.disconnect();
    await rig.redis.hdel(keys.present, 'dead');
  },
);

it('is done by the workers themselves', { timeout: 90_000 }, async () => {
  await using worker = await start({ TOOLS_HANG: 'look' });
  const runId = await hanging('two');
  await using _ = await start();
  const lock = await rig.redis.get(lockOf(runId));
  await worker.kill();
  // The lock would last longer than this test does, so it must be taken away.
  await rig.redis.set(lockOf(runId), lock ?? '', 'PX', 600_000);
  expect(await rig.ended(runId)).toMatchObject({ outcome: 'answered' });
  const claims = (await readJournal(rig.redis, runId)).filter(({ entry }) => entry.type === 'run.claimed');
  expect(claims).toHaveLength(2);
});

it('locks and marks that a clock set back has made last too long get the time that they should have', async () => {
  const queue = rig.queues.queue('runs');
  const [active, checked] = [queue.toKey('active'), queue.toKey('stalled-check')];
  const hour = 3_600_000;
  await rig.redis.lpush(active, 'held', 'renewed');
  await rig.redis.set(lockOf('held'), 'w:1', 'PX', hour);
  await rig.redis.set(lockOf('renewed'), 'w:2', 'PX', 4_000);
  await rig.redis.set(checked, '1', 'PX', 1_000);
  await shortenLocks(rig.redis, rig.queues);
  expect(await rig.redis.pttl(lockOf('held'))).toBeGreaterThan(hour / 2);
  await rig.redis.set(checked, '1', 'PX', hour);
  await shortenLocks(rig.redis, rig.queues);
  expect(await rig.redis.exists(checked)).toBe(0);
  expect(await rig.redis.pttl(lockOf('held'))).toBeLessThanOrEqual(lockMs);
  expect(await rig.redis.pttl(lockOf('renewed'))).toBeLessThanOrEqual(4_000);
  await rig.redis.del(active, lockOf('held'), lockOf('renewed'));
});
