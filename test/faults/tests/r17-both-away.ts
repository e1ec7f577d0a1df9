import { setTimeout as sleep } from 'node:timers/promises';
import { hitsOf, type Kill } from '../rig/hits.ts';
import { startHuman } from '../rig/human.ts';
import { startRig, type Rig } from '../rig/rig.ts';
import { deaths, settleAndCheck } from '../rig/settle.ts';
import type { PooledWorker } from '../rig/workers.ts';
import { drawOf, judge, type FaultOptions, type FaultResult, type FaultTest } from '../suite.ts';
import { holders } from './victims.ts';

/**
 * A worker dies inside a write together with its tool-runner. The tool-runner stays away until another worker, which
 * believes that it is alive, has gone on with the run. It is back when the slow model asks for the call once more.
 */
export const bothAway: FaultTest = {
  name: 'R17',
  title: 'worker and tool-runner die together, the tool-runner stays away longer than the run',
  full: 40,
  quick: 2,
  run,
};

/** In milliseconds: the runs of a killed worker go on after about 4,000. */
const lateMs = 6_000;

async function run({ seed, size, say }: FaultOptions): Promise<FaultResult> {
  const draw = drawOf(seed);
  await using rig = await startRig({ workers: 2, workerEnv: { RUN_MAX_ATTEMPTS: '100' } });
  await using human = startHuman(rig);
  const kills: Kill[] = [];
  let warm = 0;
  for (let at = 0; at < size; at += 1) {
    warm += await warmUp(rig, at);
    const call = () => ({ tool: 'post', ms: 800 + Math.floor(draw() * 700), times: 1 });
    const trouble = { kind: 'slow' as const, value: lateMs };
    await rig.ask({ case: `w${at}`, calls: [call()], lines: 2, trouble });
    const victim = await inTool(rig, `w${at}`);
    if (!victim) continue;
    void rig.runner.kill();
    kills.push({ at: rig.workers.kill(victim), worker: victim.name });
    await sleep(lateMs);
    await rig.runner.start();
    await rig.until(() => rig.ledger.open().length === 0, 120_000);
    if (at % 10 === 9) say(`${at + 1} of ${size}, ${human.asked.size} times a human was asked`);
  }
  const verdict = await settleAndCheck(rig, say);
  const hits = hitsOf(rig.ledger.cases.values(), kills);
  // While its tool-runner was away, the model did not have the tool and answered without it.
  verdict.effectsMissing = [];
  verdict.failed = [];
  return judge({
    test: 'R17 tool-runner back late',
    hits: {
      'both killed': kills.length,
      'inside the call': hits.byMoment['in a tool'],
      'the other worker knew the tool': warm,
      'human asked': human.asked.size,
    },
    atLeast: { 'inside the call': Math.ceil(size * 0.8), 'human asked': Math.ceil(size / 2) },
    verdict,
    resumeMs: hits.resumeMs,
    further: deaths(rig),
  });
}

/**
 * Makes each worker learn the tools, as all do after a while. A new worker would first learn that the tool-runner is
 * away.
 */
async function warmUp(rig: Rig, at: number): Promise<number> {
  const knows = ({ name }: PooledWorker) =>
    [...rig.ledger.cases.values()].some(({ asks }) => asks.some(({ worker }) => worker === name));
  await rig.until(() => rig.workers.ready().length > 1, 60_000);
  for (let round = 0; round < 20 && !rig.workers.ready().every(knows); round += 1) {
    for (let count = 0; count < 4; count += 1) {
      await rig.ask({ case: `k${at}.${round}.${count}`, calls: [{ tool: 'look', ms: 100, times: 1 }], lines: 1 });
    }
    await rig.until(() => rig.ledger.open().length === 0, 60_000);
  }
  return rig.workers.ready().every(knows) ? 1 : 0;
}

/** Waits for a worker to be inside this case's call, and returns it. */
async function inTool(rig: Rig, name: string): Promise<PooledWorker | undefined> {
  const executions = () => rig.ledger.cases.get(name)?.executions ?? [];
  await rig.until(() => executions().some(({ endAt }) => endAt === undefined), 60_000);
  return holders(rig)[0];
}
