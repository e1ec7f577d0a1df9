import { setTimeout as sleep } from 'node:timers/promises';
import { crashFlags, crashPoints } from '../played/crash-points.ts';
import { createTail } from '../rig/tail.ts';
import { hitsOf } from '../rig/hits.ts';
import { startHuman } from '../rig/human.ts';
import { mixedPlans, startLoad } from '../rig/load.ts';
import { startRig, type Rig } from '../rig/rig.ts';
import { deaths, settleAndCheck } from '../rig/settle.ts';
import type { PooledWorker } from '../rig/workers.ts';
import { drawOf, judge, type FaultOptions, type FaultResult, type FaultTest } from '../suite.ts';
import { killMany } from './r1-kills.ts';
import { untilConnected } from './r6-gateway.ts';
import { holders } from './victims.ts';

/** A little of everything in one system under one load. This form runs with every `npm test`. */
export const mixed: FaultTest = { name: 'R0', title: 'a little of everything', full: 60, quick: 15, run };

const send = 'POST /channels/*/messages';

async function run({ seed, size, say }: FaultOptions): Promise<FaultResult> {
  const draw = drawOf(seed);
  const redisKills = Math.ceil(size / 8);
  const drops = Math.ceil(size / 8);
  await using rig = await startRig({ workers: 4, workerEnv: { RUN_MAX_ATTEMPTS: '100' }, flags: crashFlags });
  const passed = createTail<{ point: string }>(rig.crashes);
  await using human = startHuman(rig);
  const load = startLoad(rig, 24, mixedPlans(drawOf(seed + 1), { questions: true }));
  await faultySends(rig, size);
  for (let at = 0; at < size; at += 1) await rig.ask(cutPlan(at, draw));
  // Asks at least one question of each kind.
  for (const tool of ['sign', 'lapse']) await rig.ask({ case: tool, calls: [{ tool, ms: 20, times: 1 }], lines: 1 });
  const zombie = await putToSleep(rig);
  const kills = await killMany(rig, size, draw, say);
  for (let at = 0; at < redisKills; at += 1) {
    await sleep(draw() * 500);
    await rig.redis.kill();
    await sleep(draw() * 500);
    await rig.redis.start();
  }
  let dropped = 0;
  for (let at = 0; at < drops; at += 1) dropped += await drop(rig, at);
  const overtaken = await wake(rig, zombie);
  await load.stop();
  const verdict = await settleAndCheck(rig, say);
  const all = [...rig.ledger.cases.values()];
  const hits = hitsOf(all, kills);
  const cut = all.filter(({ plan, asks }) => plan.trouble && new Set(asks.map(({ step }) => step)).size < asks.length);
  const faulty = await rig.discord.get<{ hits: Record<string, number> }>('faults');
  const half = Math.floor(size / 2);
  return judge({
    test: 'R0 mixed',
    hits: {
      kills: kills.length,
      ...hits.byMoment,
      'Redis killed': redisKills,
      'runs overtaken from a sleeper': overtaken,
      'streams cut': cut.length,
      'faulty sends': Object.values(faulty.hits).reduce((sum, count) => sum + count, 0),
      'gateway drops': dropped,
      'human asked': human.asked.size,
      allowed: human.allowed.size,
      expired: human.expired.size,
    },
    atLeast: {
      allowed: 1,
      expired: 1,
      kills: size,
      'runs overtaken from a sleeper': 1,
      'streams cut': half,
      'faulty sends': half,
      'gateway drops': drops,
    },
    verdict,
    resumeMs: hits.resumeMs,
    further: [...deaths(rig), ...unreached(passed())],
  });
}

/** R1P could not hit points that no process has passed: a change of the code has moved them. */
function unreached(passed: { point: string }[]): string[] {
  const names = new Set(passed.map(({ point }) => point));
  return Object.keys(crashPoints)
    .filter((name) => !names.has(name))
    .map((name) => `nothing came by the crash point "${name}"`);
}

async function faultySends(rig: Rig, count: number): Promise<void> {
  await rig.discord.post('inject', { route: send, times: Math.ceil(count / 2), status: 500, afterStore: true });
  await rig.discord.post('inject', { route: send, times: Math.ceil(count / 4), status: 429, retryAfter: 0.3 });
  await rig.discord.post('inject', { route: send, times: Math.ceil(count / 4), cut: true, afterStore: true });
}

function cutPlan(at: number, draw: () => number) {
  const trouble = { kind: 'cut' as const, value: Math.floor(draw() * 600) };
  return { case: `cut${at}`, calls: [{ tool: 'post', ms: 20, times: 1 }], lines: 3, trouble };
}

/** Lets a worker sleep and takes it out of the pool. Others must take over its runs. */
async function putToSleep(rig: Rig): Promise<{ worker: PooledWorker; cases: Set<string> }> {
  await rig.until(() => holders(rig).length > 0, 60_000);
  const [worker] = holders(rig);
  if (!worker) throw new Error('no worker took a run');
  rig.workers.setAside(worker);
  worker.process.signal('SIGSTOP');
  const held = rig.ledger.open().filter(({ asks }) => asks.at(-1)?.worker === worker.name);
  return { worker, cases: new Set(held.map(({ plan }) => plan.case)) };
}

/** Wakes it when others have gone on with what it held. Returns how many runs that were. */
async function wake(rig: Rig, { worker, cases }: { worker: PooledWorker; cases: Set<string> }): Promise<number> {
  const held = [...cases].flatMap((name) => rig.ledger.cases.get(name) ?? []);
  const wentOn = () => held.filter((each) => each.endedAt !== undefined || each.asks.at(-1)?.worker !== worker.name);
  await rig.until(() => wentOn().length === held.length, 40_000);
  worker.process.signal('SIGCONT');
  return wentOn().length;
}

async function drop(rig: Rig, at: number): Promise<number> {
  await untilConnected(rig);
  const { hit } = await (at % 2 === 0
    ? rig.discord.post<{ hit: number }>('cut', {})
    : rig.discord.post<{ hit: number }>('invalidate', { resumable: false }));
  await rig.until(() => false, 1_000);
  return hit > 0 ? 1 : 0;
}
