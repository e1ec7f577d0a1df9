import { expect, it } from 'vitest';
import { registry } from '#shared/process/metrics.ts';
import { keys } from '#shared/redis/keys.ts';
import { claimRun } from '#shared/run/claim.ts';
import { acceptRun } from '#shared/run/accept.ts';
import { endRun } from '#shared/run/end.ts';
import { readRun } from '#shared/run/record.ts';
import { replayRun } from '#shared/run/replay.ts';
import { runRequestSchema } from '#shared/run/request.ts';
import type { RunOutcome } from '#shared/ground/vocabulary.ts';
import { fenceOf } from '#test/lib/claims.ts';
import { clean as cleanAll, leaveForGood, relieve, type Retention } from './clean.ts';
import { startTestStore } from '#test/lib/test-store.ts';

const { redis, queues } = await startTestStore();

const hour = 3_600_000;
const keep: Retention = {
  runsMs: hour,
  runsMax: 100,
  failedMs: 2 * hour,
  failedMax: 100,
  unstoredMs: hour,
  conversationsMs: hour,
  conversationsMax: 100,
  auditMs: hour,
  auditMax: 100,
  memoryPercent: 100,
  youngMs: 0,
};
const clean = (changes: Partial<Retention> = {}) =>
  cleanAll(
    redis,
    queues,
    { ...keep, ...changes },
    { signingKey: 'the-key-of-this-test-and-no-other', archives: false },
  );

/** A run that was accepted, and ended, `ageMs` milliseconds ago. */
async function run(
  id: string,
  outcome: RunOutcome | undefined,
  ageMs = 0,
  more: { unstored?: true } = {},
): Promise<void> {
  const caller = { kind: 'terminal', id: 'ada' } as const;
  const request = runRequestSchema.parse({ id, conversation: id, text: 'Hello', caller, ...more });
  await acceptRun({ redis, queues }, request);
  await claimRun({ redis, queues }, id, 'w');
  await redis.hset(keys.delivery(id), 'part:0', '{}');
  const at = Date.now() - ageMs;
  await redis.zadd(keys.recent, 'XX', at, id);
  if (!outcome) return;
  const usage = { inputTokens: 0, outputTokens: 0, costUsd: 0, estimated: false };
  await endRun({ redis, queues }, request, await fenceOf(redis, id, 1), {
    type: 'run.ended',
    outcome,
    text: 'x',
    usage,
    models: [],
    tools: [],
    iterations: 1,
    durationMs: 1,
  });
  await redis.hset(keys.run(id), 'endedAt', at);
  await redis.zadd(keys.failed, 'XX', at, id);
  await redis.zadd(keys.unstored, 'XX', at, id);
}

const kept = async () => (await redis.keys('*:run:*')).map((key) => key.split(':')[2]);
const ids = async () => [...new Set(await kept())].toSorted();

it('forgets what is older than its time, whole, and nothing that has not ended', async () => {
  await run('old', 'answered', 2 * hour);
  await run('young', 'answered', hour / 2);
  await run('waiting', undefined, 9 * hour);
  await clean();
  expect(await ids()).toEqual(['waiting', 'young']);
  expect(await redis.zrange(keys.recent, '0', '-1')).toEqual(['waiting', 'young']);
  await clean();
  expect(await ids()).toEqual(['waiting', 'young']);
});

it('forgets what was not to be stored soon after its end, unless it failed', async () => {
  const unstored = { unstored: true as const };
  await run('answered', 'answered', 2_000, unstored);
  await run('stopped', 'stopped', 2_000, unstored);
  await run('failed', 'failed', 2_000, unstored);
  await run('under-way', undefined, 2_000, unstored);
  await run('only-just', 'answered', 0, unstored);
  await run('stored', 'answered', 2_000);
  await clean({ unstoredMs: 1_000 });
  expect(await ids()).toEqual(['failed', 'only-just', 'stored', 'under-way']);
  expect(await redis.zrange(keys.unstored, '0', '-1')).toEqual(['only-just']);
});

it('keeps failed runs for their own time, in the failed list', async () => {
  await run('broken', 'failed', 1.5 * hour);
  await run('gone', 'answered', 1.5 * hour);
  await run('too-old', 'failed', 3 * hour);
  await clean();
  expect(await ids()).toEqual(['broken']);
  expect(await redis.zrange(keys.failed, '0', '-1')).toEqual(['broken']);
  expect(await readRun(redis, 'broken')).toMatchObject({ outcome: 'failed' });
});

it('keeps the newest runs of each kind up to their number', async () => {
  for (const [index, id] of ['a', 'b', 'c', 'd'].entries()) {
    await run(id, 'answered', 1_000 * (10 - index));
    await run(`f${id}`, 'failed', 1_000 * (10 - index));
  }
  await clean({ runsMax: 6, failedMax: 1 });
  expect(await redis.zrange(keys.failed, '0', '-1')).toEqual(['fd']);
  expect(await ids()).toEqual(['a', 'b', 'c', 'd', 'fd']);
  await clean({ runsMax: 2, failedMax: 1 });
  expect(await ids()).toEqual(['d', 'fd']);
});

it('leaves runs that have only just ended, whatever their number', async () => {
  await run('a', 'answered', 30_000);
  await run('b', 'answered', 10_000);
  await clean({ runsMax: 0, youngMs: 20_000 });
  expect(await ids()).toEqual(['b']);
});

it('lets the oldest go early when memory is short, failed ones last', async () => {
  for (let index = 0; index < 20; index += 1) await run(`r${index}`, 'answered', 60_000 - index * 1_000);
  await run('broken', 'failed', 90_000);
  const { used } = await memory();
  await redis.config('SET', 'maxmemory', String(used * 2));
  await relieve(redis, { ...keep, memoryPercent: 95 }, leaveForGood(redis));
  expect(await ids()).toHaveLength(21);
  await relieve(redis, { ...keep, memoryPercent: 1 }, leaveForGood(redis));
  expect(await ids()).toContain('broken');
  expect((await ids()).length).toBeLessThan(21);
  expect(await ids()).not.toContain('r0');
  const before = (await ids()).length;
  await relieve(redis, { ...keep, memoryPercent: 1, youngMs: 80_000 }, leaveForGood(redis));
  expect(await ids()).not.toContain('broken');
  expect(await ids()).toHaveLength(before - 1);
  await redis.config('SET', 'maxmemory', '0');
});

async function memory(): Promise<{ used: number }> {
  return { used: Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]) };
}

it('keeps a run for a day that was only just replayed, for its replay answers in its messages', async () => {
  await run('broken', 'failed', 20 * hour);
  await redis.hset(keys.run('broken'), 'acceptedAt', Date.now() - 20 * hour);
  await replayRun({ redis, queues }, 'broken', { from: 'start', by: 'Eve' });
  await clean();
  expect(await ids()).toEqual(['broken', 'broken-r1']);
  expect(await redis.zscore(keys.recent, 'broken')).not.toBeNull();
  await redis.hset(keys.run('broken'), 'replayedAt', Date.now() - 25 * hour);
  await clean();
  expect(await ids()).toEqual(['broken-r1']);
});

it('keeps what is known of a failed run in Discord as long as the run', async () => {
  await run('broken', 'failed', 1_000);
  await redis.pexpire(keys.delivery('broken'), 60_000);
  await clean();
  expect(await redis.pttl(keys.delivery('broken'))).toBeGreaterThan(hour);
});

it('forgets the longest silent conversations beyond their number', async () => {
  for (const [index, name] of ['a', 'b', 'c'].entries()) {
    await redis.rpush(keys.history(name), 'line');
    await redis.zadd(keys.conversations, Date.now() - 1_000 * (10 - index), name);
  }
  await clean({ conversationsMax: 2 });
  expect(await redis.exists(keys.history('a'))).toBe(0);
  expect(await redis.exists(keys.history('b'), keys.history('c'))).toBe(2);
  await clean({ conversationsMs: 0 });
  expect(await redis.exists(keys.history('b'), keys.history('c'), keys.conversations)).toBe(0);
});

it('says again and again when Redis may throw away what it was given', async () => {
  const failures = async () => {
    const text = await registry.getSingleMetricAsString('dragoman_housekeeping_failures_total');
    return Number(/task="eviction"\} (\d+)/.exec(text)?.[1]);
  };
  const before = await failures();
  await clean();
  expect(await failures()).toBe(before);
  await redis.config('SET', 'maxmemory', '1gb');
  await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
  try {
    await clean();
  } finally {
    await redis.config('SET', 'maxmemory-policy', 'noeviction');
    await redis.config('SET', 'maxmemory', '0');
  }
  expect(await failures()).toBe(before + 1);
});
