import { setTimeout as sleep } from 'node:timers/promises';
import { mixedPlans, startLoad } from '../rig/load.ts';
import { startRig, type Rig } from '../rig/rig.ts';
import { deaths, settleAndCheck } from '../rig/settle.ts';
import { drawOf, judge, type FaultOptions, type FaultResult, type FaultTest } from '../suite.ts';

/**
 * One worker after the other gets SIGTERM under load, and now and then the ingress. Nothing is lost, none fails, each
 * ends with 0. With FAULT_OLD_TREE, the path of a checkout of an older version, every second process runs that version,
 * as in a deployment.
 */
export const rollingRestarts: FaultTest = { name: 'R11', title: 'rolling restarts', full: 50, quick: 4, run };

const drainLimitMs = 30_000;

async function run({ seed, size, say }: FaultOptions): Promise<FaultResult> {
  const draw = drawOf(seed);
  const oldTree = process.env['FAULT_OLD_TREE'];
  await using rig = await startRig({ workers: 3, workerEnv: { SHUTDOWN_GRACE_MS: '2000' }, oldTree });
  const load = startLoad(rig, 30, mixedPlans(drawOf(seed + 1)));
  const hits = { workers: 0, ingress: 0 };
  const drainMs: number[] = [];
  const wrong: string[] = [];
  for (let at = 0; at < size; at += 1) {
    await sleep(200 + draw() * 500);
    const from = Date.now();
    const code = at % 4 === 3 ? await restartIngress(rig) : await drainOne(rig, draw);
    if (at % 4 === 3) hits.ingress += 1;
    else hits.workers += 1;
    drainMs.push(Date.now() - from);
    if (code !== 0) wrong.push(`restart ${at} ended with ${code}`);
    if (Date.now() - from > drainLimitMs) wrong.push(`restart ${at} took ${Date.now() - from} ms`);
    if ((at + 1) % 10 === 0) say(`${at + 1} of ${size} restarts, ${rig.ledger.cases.size} questions asked`);
  }
  await load.stop();
  const verdict = await settleAndCheck(rig, say);
  // An older version need not audit everything.
  if (oldTree !== undefined) verdict.auditWrong = [];
  return judge({
    test: 'R11 rolling restarts',
    hits,
    atLeast: { workers: Math.floor(size / 2), ingress: Math.floor(size / 5) },
    verdict,
    notes: [
      oldTree === undefined
        ? 'one version (FAULT_OLD_TREE names an older one)'
        : `two versions: this one and ${oldTree}`,
      `drains took at most ${Math.max(0, ...drainMs)} ms`,
    ],
    further: [...wrong, ...deaths(rig)],
  });
}

async function drainOne(rig: Rig, draw: () => number): Promise<number | null> {
  await rig.until(() => rig.workers.ready().length > 1, 120_000);
  const ready = rig.workers.ready();
  const worker = ready[Math.floor(draw() * ready.length)];
  return worker ? rig.workers.drain(worker) : null;
}

async function restartIngress(rig: Rig): Promise<number | null> {
  const ingress = rig.ingress.current();
  ingress?.signal('SIGTERM');
  const ended = await ingress?.gone;
  await rig.ingress.start();
  return ended?.code ?? null;
}
