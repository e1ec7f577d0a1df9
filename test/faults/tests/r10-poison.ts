import { isAnswered } from '../rig/checker.ts';
import { percentile } from '../rig/hits.ts';
import { mixedPlans, startLoad } from '../rig/load.ts';
import { startRig, type Rig } from '../rig/rig.ts';
import { deaths, settleAndCheck } from '../rig/settle.ts';
import { drawOf, judge, type FaultOptions, type FaultResult, type FaultTest } from '../suite.ts';

/** Some runs kill each worker that takes them. They are given up visibly, and the others are answered. */
export const poison: FaultTest = { name: 'R10', title: 'poison runs', full: 6, quick: 1, run };

const maxAttempts = 4;

async function run({ seed, size, say }: FaultOptions): Promise<FaultResult> {
  await using rig = await startRig({
    workers: 3,
    workerEnv: { RUN_MAX_ATTEMPTS: String(maxAttempts), WORKER_CONCURRENCY: '4' },
  });
  const load = startLoad(rig, 6, mixedPlans(drawOf(seed + 1)));
  const names: string[] = [];
  let kills = 0;
  for (let at = 0; at < size; at += 1) {
    const name = `poison${at}`;
    names.push(name);
    // The model answers slowly, so that the worker dies without having got anywhere.
    await rig.ask({ case: name, calls: [], lines: 1, trouble: { kind: 'slow', value: 3_000 } });
    kills += await killWhoeverTakes(rig, name);
    say(`${name} given up after ${kills} kills in all`);
  }
  await load.stop();
  const verdict = await settleAndCheck(rig, say);
  const given = names.filter((name) => verdict.failed.includes(name));
  verdict.failed = verdict.failed.filter((name) => !names.includes(name));
  const others = [...rig.ledger.cases.values()].filter((each) => !names.includes(each.plan.case) && isAnswered(each));
  const waits = others.map((each) => (each.endedAt ?? each.askedAt) - each.askedAt);
  return judge({
    test: 'R10 poison',
    hits: { 'poison runs': size, 'given up visibly': given.length, kills },
    atLeast: { 'given up visibly': size, kills: size * maxAttempts },
    verdict,
    notes: [`the others took p50 ${percentile(waits, 0.5)} ms, p95 ${percentile(waits, 0.95)} ms`],
    further: deaths(rig),
  });
}

async function killWhoeverTakes(rig: Rig, name: string): Promise<number> {
  const found = rig.ledger.cases.get(name);
  let kills = 0;
  let seen = 0;
  await rig.until(() => {
    const asks = found?.asks ?? [];
    for (; seen < asks.length; seen += 1) {
      const victim = rig.workers.ready().find((worker) => worker.name === asks[seen]?.worker);
      if (!victim) continue;
      rig.workers.kill(victim);
      kills += 1;
    }
    return found?.endedAt !== undefined;
  }, 300_000);
  return kills;
}
