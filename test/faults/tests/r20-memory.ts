import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { keys } from '#shared/redis/keys.ts';
import { createQueues } from '#shared/queue/queues.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { readMemory } from '#shared/redis/memory.ts';
import { discordRunId } from '#shared/run/request.ts';
import { createRunStore, type RunStore } from '#shared/run/run-store.ts';
import { mixedPlans, startLoad } from '../rig/load.ts';
import { startRig, type Rig } from '../rig/rig.ts';
import { deaths, settleAndCheck } from '../rig/settle.ts';
import { drawOf, judge, type FaultOptions, type FaultResult, type FaultTest } from '../suite.ts';

/**
 * Redis is over its memory limit while the load goes on, and the limit stays. Questions are refused until relief has
 * come. Old runs go. Answers that nobody has been shown yet stay, since the ingress was away.
 */
export const memoryOverLimit: FaultTest = {
  name: 'R20',
  title: 'memory over the limit with load',
  full: 12,
  quick: 2,
  run,
};

const oldRuns = 400;
const unseenPerTime = 8;
const hourMs = 3_600_000;
/** The limit is set to this share of the memory in use. */
const squeeze = 0.97;

async function run({ seed, size, say }: FaultOptions): Promise<FaultResult> {
  const draw = drawOf(seed);
  await using rig = await startRig({ workers: 2, workerEnv: { RETENTION_MEMORY_PERCENT: '90' } });
  const redis = connectRedis(rig.redisUrl, 'memory');
  await using queues = createQueues(redis);
  await using _ = { [Symbol.asyncDispose]: async () => redis.disconnect() };
  const runs = createRunStore({ redis, queues });
  const plans = mixedPlans(drawOf(seed + 1));
  const hits = { 'over the limit': 0, relieved: 0, 'old runs gone': 0, 'answers unseen meanwhile': 0 };
  const wrong: string[] = [];
  let load = startLoad(rig, 12, plans);
  for (let at = 0; at < size; at += 1) {
    const old = await makeOldRuns(redis, runs, at);
    await sleep(500 + draw() * 1_000);
    await load.stop();
    hits['answers unseen meanwhile'] += await answerUnseen(rig, redis);
    const limit = Math.floor((await readMemory(redis)).used * squeeze);
    await redis.config('SET', 'maxmemory', String(limit));
    hits['over the limit'] += 1;
    const from = Date.now();
    if (await relieved(rig, redis)) hits.relieved += 1;
    else wrong.push(`${at}: nothing was freed within ${Math.round((Date.now() - from) / 1_000)} s`);
    say(`${at + 1} of ${size} times over the limit, relief after ${((Date.now() - from) / 1_000).toFixed(1)} s`);
    hits['old runs gone'] += old.length - (await redis.exists(...old.map(keys.run)));
    await rig.ingress.start();
    load = startLoad(rig, 12, plans);
    await sleep(1_000 + draw() * 2_000);
    // Far over the limit nothing helps for a while, so questions are refused.
    await redis.config('SET', 'maxmemory', String(Math.floor(limit / 4)));
    for (let count = 0; count < 4; count += 1) await rig.ask(plans());
    const refusedBefore = refusedIn(rig);
    await rig.until(() => refusedIn(rig) > refusedBefore, 30_000);
    await redis.config('SET', 'maxmemory', String(limit));
    // Under the same limit, questions are taken again.
    const asked = rig.ledger.cases.size;
    const taken = () => [...rig.ledger.cases.values()].slice(asked).some((each) => each.endedAt !== undefined);
    if (!(await rig.until(taken, 60_000))) wrong.push(`${at}: no question is taken after the relief`);
    // The next round begins with room for what it squeezes.
    if (at + 1 < size) await redis.config('SET', 'maxmemory', '0');
  }
  await load.stop();
  const verdict = await settleAndCheck(rig, say);
  const { used, max } = await readMemory(redis);
  if (used > max) wrong.push(`in the end ${used} bytes are used of ${max}`);
  return judge({
    test: 'R20 memory over the limit',
    hits: { ...hits, 'questions refused': refusedIn(rig) },
    atLeast: { relieved: size, 'old runs gone': size, 'answers unseen meanwhile': size, 'questions refused': 1 },
    verdict,
    further: [...wrong, ...deaths(rig)],
  });
}

function refusedIn(rig: Rig): number {
  return [...rig.ledger.cases.values()].filter(({ refusals }) => refusals.length > 0).length;
}

/** Makes runs of a terminal that ended an hour ago, which relief may take. Returns their ids. */
async function makeOldRuns(redis: Redis, runs: RunStore, time: number): Promise<string[]> {
  const ids = Array.from({ length: oldRuns }, (_, index) => `old-${time}-${index}`);
  const endedAt = String(Date.now() - hourMs);
  for (const id of ids) {
    const caller = { kind: 'terminal', id: 'ada' } as const;
    await runs.accept({ id, caller, conversation: id, text: 'x'.repeat(8_000) });
    await runs.stop(id, 'ada');
    await redis.hset(keys.run(id), 'endedAt', endedAt);
  }
  return ids;
}

/** Makes answers while the ingress is away. They are so old that only their not having been shown keeps them. */
async function answerUnseen(rig: Rig, redis: Redis): Promise<number> {
  const before = new Set(rig.ledger.cases.keys());
  for (let count = 0; count < unseenPerTime; count += 1) {
    await rig.ask({ case: `unseen${before.size + count}`, calls: [], lines: 3 });
  }
  const unseen = [...rig.ledger.cases.values()].filter(({ plan }) => !before.has(plan.case));
  await rig.until(() => unseen.every(({ asks }) => asks.length > 0), 60_000);
  await rig.ingress.kill();
  const runIds = unseen.filter(({ endedAt }) => endedAt === undefined).map(({ question }) => discordRunId(question));
  for (const runId of runIds) {
    await untilEnded(redis, runId);
    await redis.hset(keys.run(runId), 'endedAt', String(Date.now() - hourMs));
    // This puts the run first in the order in which runs are let go.
    await redis.zadd(keys.recent, 'XX', Date.now() - 2 * hourMs, runId);
  }
  return runIds.length;
}

async function untilEnded(redis: Redis, runId: string): Promise<void> {
  for (let left = 600; left > 0 && (await redis.hget(keys.run(runId), 'status')) !== 'ended'; left -= 1)
    await sleep(100);
}

/** Whether Redis gets below its limit without help from the test. */
async function relieved(rig: Rig, redis: Redis): Promise<boolean> {
  for (let left = 90; left > 0; left -= 1) {
    const { used, max } = await readMemory(redis);
    if (used < max) return true;
    rig.look();
    await sleep(1_000);
  }
  return false;
}
