import { setTimeout as sleep } from 'node:timers/promises';
import { createQueues } from '#shared/queue/queues.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { discordRunId } from '#shared/run/request.ts';
import { decideApproval, listPendingApprovals } from '#shared/run/decide.ts';
import { replayRun } from '#shared/run/replay.ts';
import type { RunParts } from '#shared/run/parts.ts';
import { stopRun } from '#shared/run/stop.ts';
import type { Plan } from '../played/plan.ts';
import { isAnswered } from '../rig/checker.ts';
import type { Case } from '../rig/ledger.ts';
import { startRig, type Rig } from '../rig/rig.ts';
import { deaths, settleAndCheck } from '../rig/settle.ts';
import { drawOf, judge, type FaultOptions, type FaultResult, type FaultTest } from '../suite.ts';
import { holders } from './victims.ts';

/**
 * Runs are stopped in the middle of a write, and their workers often die as well. Then the runs are replayed, while
 * workers die again. In the end each is answered, nothing is done twice, and the audit log tells of every call, also of
 * the replays' calls.
 */
export const replays: FaultTest = {
  name: 'R23',
  title: 'replays of runs that were stopped in a write',
  full: 80,
  quick: 6,
  run,
};

const atOnce = 6;

async function run({ seed, size, say }: FaultOptions): Promise<FaultResult> {
  const draw = drawOf(seed);
  await using rig = await startRig({ workers: 3, workerEnv: { RUN_MAX_ATTEMPTS: '100' } });
  const redis = connectRedis(rig.redisUrl, 'operator');
  await using queues = createQueues(redis);
  await using _ = { [Symbol.asyncDispose]: async () => redis.disconnect() };
  const parts: RunParts = { redis, queues };
  const hits = {
    stopped: 0,
    'in a write': 0,
    'from the start': 0,
    'from the failed step': 0,
    kills: 0,
    'human asked': 0,
  };
  for (let at = 0; at < size; at += atOnce) {
    const batch: Case[] = [];
    for (let count = at; count < Math.min(size, at + atOnce); count += 1) batch.push(await askSlowly(rig, count, draw));
    for (const each of batch) {
      const inWrite = await rig.until(() => each.executions.some(({ endAt }) => endAt === undefined), 30_000);
      if (draw() < 0.4) hits.kills += killHolder(rig);
      await stopRun(parts, discordRunId(each.question), 'operator');
      hits.stopped += 1;
      if (inWrite) hits['in a write'] += 1;
    }
    await rig.until(() => batch.every(({ endedAt }) => endedAt !== undefined), 120_000);
    for (const each of batch) {
      const from = draw() < 0.5 ? 'start' : 'failed-step';
      await replay(parts, each, from);
      hits[from === 'start' ? 'from the start' : 'from the failed step'] += 1;
      await sleep(draw() * 200);
      if (draw() < 0.3) hits.kills += killHolder(rig);
    }
    hits['human asked'] += await decideUntil(rig, parts, batch);
    say(`${Math.min(size, at + atOnce)} of ${size} stopped and replayed`);
  }
  const verdict = await settleAndCheck(rig, say);
  // A replay from the start reads once more.
  verdict.lateReads = [];
  return judge({
    test: 'R23 replays',
    hits,
    atLeast: { 'in a write': Math.ceil(size / 2), 'from the start': 1, 'from the failed step': 1, 'human asked': 1 },
    verdict,
    further: deaths(rig),
  });
}

async function askSlowly(rig: Rig, at: number, draw: () => number): Promise<Case> {
  const post = () => ({ tool: 'post', ms: 800 + Math.floor(draw() * 1_500), times: 1 });
  const plan: Plan = { case: `p${at}`, calls: [post(), { tool: 'look', ms: 30, times: 1 }, post()], lines: 2 };
  await rig.ask(plan);
  const entered = rig.ledger.cases.get(plan.case);
  if (!entered) throw new Error('the question was not entered');
  return entered;
}

function killHolder(rig: Rig): number {
  const [worker] = holders(rig);
  if (!worker || rig.workers.ready().length < 2) return 0;
  rig.workers.kill(worker);
  return 1;
}

/** Replays a run. A run that was answered before it could be stopped has nothing to go on from. */
async function replay(parts: RunParts, each: Case, from: 'start' | 'failed-step'): Promise<void> {
  if (isAnswered(each)) return;
  const { state } = await replayRun(parts, discordRunId(each.question), { from, by: 'operator' });
  if (state !== 'accepted') throw new Error(`the run of ${each.plan.case} could not be replayed: ${state}`);
}

/** Answers truly whenever it is asked what has happened, until all are answered. Returns how often it was asked. */
async function decideUntil(rig: Rig, parts: RunParts, batch: Case[]): Promise<number> {
  let asked = 0;
  const end = Date.now() + 120_000;
  while (!batch.every(isAnswered) && Date.now() < end) {
    rig.look();
    for (const { runId, request } of await listPendingApprovals(parts.redis)) {
      const { call } = JSON.parse(request.arguments) as { call: string };
      const its = batch.find(({ question }) => runId.startsWith(discordRunId(question)));
      const done = its?.executions.some((execution) => execution.call === call);
      const decision = done ? 'happened' : 'did-not-happen';
      if ((await decideApproval(parts, runId, request.approval, { decision, by: 'Ann' })) === 'decided') asked += 1;
    }
    await sleep(200);
  }
  return asked;
}
