import { setTimeout as sleep } from 'node:timers/promises';
import { makeClocks, type Clocks } from '../rig/clocks.ts';
import { hitsOf, type Kill } from '../rig/hits.ts';
import { startHuman } from '../rig/human.ts';
import { mixedPlans, startLoad } from '../rig/load.ts';
import { startRig, type Rig } from '../rig/rig.ts';
import { deaths, settleAndCheck } from '../rig/settle.ts';
import { excuse, type Span } from '../rig/spans.ts';
import { drawOf, judge, skipped, type FaultOptions, type FaultResult, type FaultTest } from '../suite.ts';
import { untilConnected } from './r6-gateway.ts';
import { holders } from './victims.ts';

/**
 * The clocks of workers, ingress, tool-runner and Redis are an hour ahead or behind for a while and are then set right.
 * Meanwhile runs go on, questions are missed and workers die.
 */
export const steppedClocks: FaultTest = { name: 'R15', title: 'clocks stepped by an hour', full: 40, quick: 4, run };

const hourMs = 3_600_000;
const targets = ['worker', 'ingress', 'runner', 'redis'] as const;
const steps = targets.flatMap((target) => [
  { target, name: `${target} ahead`, ms: hourMs },
  { target, name: `${target} behind`, ms: -hourMs },
]);
const wrongForMs = 4_000;

async function run(options: FaultOptions): Promise<FaultResult> {
  using clocks = await makeClocks();
  if (!clocks) return skipped('R15 clocks', 'no C compiler, or no library can be preloaded here');
  return await stepAll(options, clocks);
}

async function stepAll({ seed, size, say }: FaultOptions, clocks: Clocks): Promise<FaultResult> {
  const draw = drawOf(seed);
  await using rig = await startRig({ workers: 3, workerEnv: { RUN_MAX_ATTEMPTS: '100' }, clocks });
  await using human = startHuman(rig);
  const load = startLoad(rig, 24, mixedPlans(drawOf(seed + 1), { questions: true }));
  const hits: Record<string, number> = Object.fromEntries(steps.map(({ name }) => [name, 0]));
  const kills: Kill[] = [];
  const redisWrong: Span[] = [];
  for (let at = 0; at < size; at += 1) {
    const step = steps[at % steps.length];
    if (!step) continue;
    const { target, name, ms } = step;
    await rig.until(() => holders(rig).length > 0 && rig.workers.ready().length > 2, 120_000);
    const names = target === 'worker' ? [await lateStarter(rig, clocks, ms, draw() < 0.5)] : [target];
    const from = Date.now();
    for (const each of names) clocks.step(each, ms);
    await sleep(draw() * wrongForMs);
    if (target === 'ingress') await loseSession(rig);
    // A Redis that is ahead ends the time that runs have, so runs that begin again then would show nothing.
    if (target !== 'redis') kills.push(...killOne(rig));
    await sleep(wrongForMs);
    for (const each of names) clocks.step(each, 0);
    if (target === 'redis') redisWrong.push({ from, to: Date.now() });
    hits[name] = (hits[name] ?? 0) + 1;
    kills.push(...killOne(rig));
    await sleep(draw() * 2_000);
    if (at % 8 === 7) say(`${at + 1} of ${size} steps, ${rig.ledger.cases.size} questions asked`);
  }
  await load.stop();
  const verdict = await settleAndCheck(rig, say);
  // When Redis is ahead, the time of questions to humans runs out, and so does the time of runs.
  await excuse(rig, verdict, redisWrong, say);
  // Redis measures these with the clock that is stepped.
  verdict.slow = [];
  const found = hitsOf(rig.ledger.cases.values(), kills);
  return judge({
    test: 'R15 clocks',
    hits: { ...hits, kills: kills.length, 'human asked': human.asked.size, allowed: human.allowed.size },
    atLeast: Object.fromEntries(steps.map(({ name }) => [name, Math.floor(size / steps.length)])),
    verdict,
    resumeMs: found.resumeMs,
    resumeLimitMs: 60_000,
    further: deaths(rig),
  });
}

/** A worker whose clock is to be stepped: a running one, or a new one whose clock is wrong from its start. */
async function lateStarter(rig: Rig, clocks: Clocks, ms: number, fresh: boolean): Promise<string> {
  const [worker] = holders(rig);
  if (!fresh && worker) return worker.name;
  const name = rig.workers.nextName();
  clocks.step(name, ms);
  await rig.workers.start({}, { replaced: false });
  return name;
}

function killOne(rig: Rig): Kill[] {
  const [worker] = holders(rig);
  return worker ? [{ at: rig.workers.kill(worker), worker: worker.name }] : [];
}

/** Loses the session. What comes meanwhile is caught up with by a wrong clock. */
async function loseSession(rig: Rig): Promise<void> {
  await untilConnected(rig);
  await rig.discord.post('invalidate', { resumable: false });
}
