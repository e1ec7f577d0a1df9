import { setTimeout as sleep } from 'node:timers/promises';
import { hitsOf, type Kill } from '../rig/hits.ts';
import { startHuman } from '../rig/human.ts';
import { startLoad } from '../rig/load.ts';
import { startRig } from '../rig/rig.ts';
import { deaths, settleAndCheck } from '../rig/settle.ts';
import { excuse, type Span } from '../rig/spans.ts';
import { drawOf, judge, type FaultOptions, type FaultResult, type FaultTest } from '../suite.ts';
import { choose } from './victims.ts';

/**
 * Calls of a tool that is neither idempotent nor takes keys. The worker is killed in the call, and often the
 * tool-runner too.
 */
export const writesInFlight: FaultTest = {
  name: 'R2',
  title: 'kills inside calls of a write that is not idempotent',
  full: 300,
  quick: 8,
  run,
};

async function run({ seed, size, say }: FaultOptions): Promise<FaultResult> {
  const draw = drawOf(seed);
  await using rig = await startRig({ workers: 4, workerEnv: { RUN_MAX_ATTEMPTS: '100' } });
  await using human = startHuman(rig);
  let count = 0;
  const load = startLoad(rig, 16, () => {
    const call = () => ({ tool: 'post', ms: 300 + Math.floor(draw() * 700), times: 1 });
    return { case: `w${(count += 1)}`, calls: [call(), call()], lines: 2 };
  });
  const kills: Kill[] = [];
  const withoutTools: Span[] = [];
  let runners = 0;
  let inCall = 0;
  while (inCall < size) {
    await rig.until(() => rig.workers.ready().length > 2, 120_000);
    const victim = await choose(rig, 'in a tool', draw, 5_000);
    if (!victim) continue;
    const both = draw() < 0.4;
    const from = Date.now();
    if (both) void rig.runner.kill();
    kills.push({ at: rig.workers.kill(victim), worker: victim.name });
    if (both) {
      await rig.runner.start();
      runners += 1;
      // Workers look for its tools again only after some seconds.
      withoutTools.push({ from, to: Date.now() + 10_000 });
    }
    await sleep(draw() * 300);
    inCall = hitsOf(rig.ledger.cases.values(), kills).byMoment['in a tool'];
    if (kills.length % 20 === 0) say(`${kills.length} kills, ${inCall} inside a call of ${size}`);
  }
  await load.stop();
  const verdict = await settleAndCheck(rig, say);
  const hits = hitsOf(rig.ledger.cases.values(), kills);
  // While its tool-runner was away, the model did not have the tool and answered without it.
  await excuse(rig, verdict, withoutTools, say);
  return judge({
    test: 'R2 write in flight',
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
