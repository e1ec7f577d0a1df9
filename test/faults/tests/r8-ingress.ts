import { setTimeout as sleep } from 'node:timers/promises';
import { mixedPlans, startLoad } from '../rig/load.ts';
import { startRig } from '../rig/rig.ts';
import { deaths, settleAndCheck } from '../rig/settle.ts';
import { drawOf, judge, type FaultOptions, type FaultResult, type FaultTest } from '../suite.ts';

/** Ingresses fall asleep while they write answers. They wake up when others have written these. */
export const sleepingIngresses: FaultTest = { name: 'R8I', title: 'zombie ingresses', full: 20, quick: 2, run };

async function run({ seed, size, say }: FaultOptions): Promise<FaultResult> {
  const draw = drawOf(seed);
  // The words come slowly, so that answers are under way when the ingress falls asleep.
  await using rig = await startRig({ workers: 2, chunkDelayMs: 40 });
  const load = startLoad(rig, 24, mixedPlans(drawOf(seed + 1)));
  const hits = { asleep: 0, 'answers overtaken': 0 };
  while (hits.asleep < size) {
    await rig.until(() => rig.ledger.open().some(({ parts }) => parts.length > 0), 60_000);
    await sleep(draw() * 1_000);
    const sleeper = rig.ingress.current();
    if (!sleeper) throw new Error('no ingress is running');
    const begun = rig.ledger.open().filter(({ parts }) => parts.length > 0);
    sleeper.signal('SIGSTOP');
    await rig.ingress.start();
    await rig.until(() => begun.every(({ endedAt }) => endedAt !== undefined), 60_000);
    hits.asleep += 1;
    hits['answers overtaken'] += begun.filter(({ endedAt }) => endedAt !== undefined).length;
    sleeper.signal('SIGCONT');
    // It is awake long enough to do what it should not, and is killed in the middle of that.
    await sleep(2_000 + draw() * 2_000);
    await sleeper.kill();
    if (hits.asleep % 5 === 0) say(`${hits.asleep} of ${size} asleep, ${hits['answers overtaken']} answers overtaken`);
  }
  await load.stop();
  const verdict = await settleAndCheck(rig, say);
  return judge({
    test: 'R8 zombie ingresses',
    hits,
    atLeast: { asleep: size, 'answers overtaken': size },
    verdict,
    further: deaths(rig),
  });
}
