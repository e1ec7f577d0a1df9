import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { keys } from '#shared/redis/keys.ts';
import { createQueues } from '#shared/queue/queues.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { discordRunId } from '#shared/run/request.ts';
import { createRunStore, type RunStore } from '#shared/run/run-store.ts';
import { hitsOf, type Kill } from '../rig/hits.ts';
import { startHuman } from '../rig/human.ts';
import { mixedPlans, startLoad } from '../rig/load.ts';
import { startRig } from '../rig/rig.ts';
import { deaths, settleAndCheck } from '../rig/settle.ts';
import { drawOf, judge, type FaultOptions, type FaultResult, type FaultTest } from '../suite.ts';
import { holders } from './victims.ts';

/**
 * A newer version works beside this one. It writes entries of unknown kinds into the journals of running runs, and
 * leaves runs whose records or journals this version cannot read. No other run may lose anything by that, and those
 * runs must still be whole when the newer version takes them.
 */
export const newerVersion: FaultTest = {
  name: 'R19',
  title: 'a newer version beside this one',
  full: 60,
  quick: 6,
  run,
};

const newerKinds = [
  { type: 'memory.recalled', notes: ['x'] },
  { type: 'tool.batched', step: 0, call: 0 },
  { type: 'run' },
];

async function run({ seed, size, say }: FaultOptions): Promise<FaultResult> {
  const draw = drawOf(seed);
  await using rig = await startRig({ workers: 3, workerEnv: { RUN_MAX_ATTEMPTS: '100' } });
  await using human = startHuman(rig);
  const redis = connectRedis(rig.redisUrl, 'newer');
  await using queues = createQueues(redis);
  await using _ = { [Symbol.asyncDispose]: async () => redis.disconnect() };
  const runs = createRunStore({ redis, queues });
  const load = startLoad(rig, 24, mixedPlans(drawOf(seed + 1), { questions: true }));
  const foreign: Foreign[] = [];
  const kills: Kill[] = [];
  let entries = 0;
  for (let at = 0; at < size; at += 1) {
    await rig.until(() => holders(rig).length > 0 && rig.workers.ready().length > 2, 120_000);
    for (const { question } of rig.ledger.open()) {
      if (draw() < 0.5) entries += await writeNewer(redis, discordRunId(question), draw);
    }
    foreign.push(await leaveForeign(redis, runs, at));
    await sleep(draw() * 500);
    // The jobs of these runs are removed. Reconciling must find the runs, also those that come after unreadable ones.
    if (at % 3 === 2) await queues.queue('runs').obliterate({ force: true });
    // Sweep and claim must still do their work for the others.
    const [worker] = holders(rig);
    if (worker) kills.push({ at: rig.workers.kill(worker), worker: worker.name });
    await sleep(draw() * 1_000);
    if (at % 10 === 9) say(`${at + 1} of ${size}, ${entries} newer entries, ${rig.ledger.cases.size} questions asked`);
  }
  await load.stop();
  const verdict = await settleAndCheck(rig, say);
  const kept = await takeForeign(redis, foreign);
  const found = hitsOf(rig.ledger.cases.values(), kills);
  return judge({
    test: 'R19 newer version',
    hits: {
      'newer entries': entries,
      'records of newer modes': foreign.filter(({ kind }) => kind === 'mode').length,
      'entries nobody can read': foreign.filter(({ kind }) => kind === 'entry').length,
      'kept and answered in the end': kept,
      kills: kills.length,
      expired: human.expired.size,
    },
    atLeast: { 'newer entries': size, 'kept and answered in the end': foreign.length, expired: 1 },
    verdict,
    resumeMs: found.resumeMs,
    resumeLimitMs: 90_000,
    further: deaths(rig),
  });
}

/**
 * Writes an entry that this version does not know into the journal of a running run. Returns 1 when the entry was still
 * there.
 */
async function writeNewer(redis: Redis, runId: string, draw: () => number): Promise<number> {
  if ((await redis.exists(keys.journal(runId))) === 0) return 0;
  const kind = newerKinds[Math.floor(draw() * newerKinds.length)];
  await redis.xadd(keys.journal(runId), '*', 'e', JSON.stringify(kind));
  return 1;
}

/** A run of the newer version, which this one cannot read, and how the newer version would go on with it. */
interface Foreign {
  runId: string;
  kind: 'mode' | 'entry';
  become: () => Promise<unknown>;
}

async function leaveForeign(redis: Redis, runs: RunStore, at: number): Promise<Foreign> {
  const runId = `newer-${at}`;
  const caller = { kind: 'terminal', id: 'ada' } as const;
  const request = { id: runId, caller, conversation: runId, text: 'Hello from a newer version' };
  if (at % 2 === 0) {
    // The record is changed before any worker gets the run: its job is added as the sweep finds it.
    await runs.accept(request);
    const own = (await redis.hget(keys.run(runId), 'request')) ?? '';
    await redis.hset(keys.run(runId), 'request', own.replace('"autonomous"', '"collaborative"'));
    return { runId, kind: 'mode', become: () => redis.hset(keys.run(runId), 'request', own) };
  }
  await runs.accept(request);
  const known = { type: 'notice', key: 'k', text: { rich: true } };
  const id = (await redis.xadd(keys.journal(runId), '*', 'e', JSON.stringify(known))) ?? '';
  return { runId, kind: 'entry', become: () => redis.xdel(keys.journal(runId), id) };
}

/** Makes the runs readable, as they are for the newer version. Each must end, for none was lost. Returns how many. */
async function takeForeign(redis: Redis, foreign: Foreign[]): Promise<number> {
  for (const { become } of foreign) await become();
  let ended = 0;
  for (let left = 120; left > 0 && ended < foreign.length; left -= 1) {
    const states = await Promise.all(foreign.map(({ runId }) => redis.hget(keys.run(runId), 'status')));
    ended = states.filter((state) => state === 'ended').length;
    await sleep(1_000);
  }
  return ended;
}
