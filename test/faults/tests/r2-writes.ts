import { setTimeout as sleep } from 'node:timers/promises';
import { hitsOf, type Kill } from '../rig/hits.ts';
import { startHuman } from '../rig/human.ts';
import { startLoad } from '../rig/load.ts';
import { startRig } from '../rig/rig.ts';
import { deaths, settleAndCheck } from '../rig/settle.ts';
import { drawOf, judge, type FaultOptions, type FaultResult, type FaultTest } from '../suite.ts';
import { choose } from './victims.ts';

/** Calls of a tool that is neither idempotent nor takes keys: its worker is killed in the call, and often its tool-runner too. */
export const writesInFlight: FaultTest = {
  name: 'R2',
  title: 'kills inside calls of a write that is not idempotent',
  full: 300,
  quick: 8,
  run: (options) =>
    killInCalls(options, {
      test: 'R2 write in flight',
      slowModelMs: 0,
      runnerToo: (draw) => draw() < 0.4,
      beforeItIsBack: async () => undefined,
    }),
};

export interface WriteKills {
  test: string;
  /** Milliseconds that some models take for each of their answers; 0: none does. */
  slowModelMs: number;
  /** Whether this worker's tool-runner dies with it. */
  runnerToo(draw: () => number): boolean;
  /** Resolves when the tool-runner is to be started again. */
  beforeItIsBack(): Promise<unknown>;
}

/** Kills workers inside calls of a write that is not idempotent, until `size` calls were hit. */
export async function killInCalls({ seed, size, say }: FaultOptions, kind: WriteKills): Promise<FaultResult> {
  const draw = drawOf(seed);
  await using rig = await startRig({ workers: 4, workerEnv: { RUN_MAX_ATTEMPTS: '100' } });
  await using human = startHuman(rig);
  let count = 0;
  const load = startLoad(rig, 16, () => {
    const call = () => ({ tool: 'post', ms: 300 + Math.floor(draw() * 700), times: 1 });
    const plan = { case: `w${(count += 1)}`, calls: [call(), call()], lines: 2 };
    const slow = { kind: 'slow' as const, value: kind.slowModelMs };
    return slow.value > 0 && draw() < 0.4 ? { ...plan, trouble: slow } : plan;
  });
  const kills: Kill[] = [];
  let runners = 0;
  let inCall = 0;
  while (inCall < size) {
    await rig.until(() => rig.workers.ready().length > 2, 120_000);
    const victim = await choose(rig, 'in a tool', draw, 5_000);
    if (!victim) continue;
    const both = kind.runnerToo(draw);
    if (both) void rig.runner.kill();
    kills.push({ at: rig.workers.kill(victim), worker: victim.name });
    if (both) {
      await kind.beforeItIsBack();
      await rig.runner.start();
      runners += 1;
    }
    await sleep(draw() * 300);
    inCall = hitsOf(rig.ledger.cases.values(), kills).byMoment['in a tool'];
    if (kills.length % 20 === 0) say(`${kills.length} kills, ${inCall} inside a call of ${size}`);
  }
  await load.stop();
  const verdict = await settleAndCheck(rig, say);
  const hits = hitsOf(rig.ledger.cases.values(), kills);
  // While its tool-runner was away the model had no such tool, and answered without.
  verdict.effectsMissing = [];
  return judge({
    test: kind.test,
    hits: {
      kills: kills.length,
      'inside the call': hits.byMoment['in a tool'],
      'tool-runner killed too': runners,
      'human asked': human.asked.size,
    },
    atLeast: {
      'inside the call': size,
      'tool-runner killed too': Math.ceil(size / 20),
      'human asked': Math.ceil(size / 20),
    },
    verdict,
    resumeMs: hits.resumeMs,
    further: deaths(rig),
  });
}
