import { createTail } from '../rig/tail.ts';
import { startHuman } from '../rig/human.ts';
import { mixedPlans, startLoad } from '../rig/load.ts';
import { startRig, type Rig } from '../rig/rig.ts';
import { deaths, settleAndCheck } from '../rig/settle.ts';
import { excuse, type Span } from '../rig/spans.ts';
import {
  crashFlags,
  crashPoints,
  housekeepingPoints,
  oncePoints,
  phases,
  runnerPoints,
  workerPoints,
} from '../played/crash-points.ts';
import { drawOf, judge, type FaultOptions, type FaultResult, type FaultTest } from '../suite.ts';

/** Processes end at named points: before, right after and at the confirmation of each thing that they store. */
export const crashPointsTest: FaultTest = {
  name: 'R1P',
  title: 'named crash points of worker, ingress and tool-runner',
  full: 225,
  quick: 25,
  run,
};

async function run({ seed, size, say }: FaultOptions): Promise<FaultResult> {
  const draw = drawOf(seed);
  await using rig = await startRig({ workers: 2, flags: crashFlags, workerEnv: { RUN_MAX_ATTEMPTS: '100' } });
  await using _human = startHuman(rig);
  const crashed = createTail<{ point: string }>(rig.crashes);
  const points: string[] = [];
  const load = startLoad(rig, 24, mixedPlans(drawOf(seed + 1), { questions: true }));
  const all = phases.flatMap((phase) => Object.keys(crashPoints).map((name) => `${phase}:${name}`));
  const withoutTools: Span[] = [];
  // Each point comes once before any comes twice. A quick form takes some of them, by the seed.
  const shuffled = all.toSorted(() => draw() - 0.5);
  const order = Array.from({ length: size }, (_, at) => shuffled[at % shuffled.length] ?? '');
  for (const [at, point] of order.entries()) {
    const nth = 1 + Math.floor(draw() * (oncePoints.has(point.split(':')[1] ?? '') ? 1 : 4));
    const env = { CRASH_AT: point, CRASH_NTH: String(nth) };
    await crashOne(rig, point, env, withoutTools);
    points.push(...atPoints(crashed()));
    if ((at + 1) % 20 === 0) say(`${at + 1} of ${size} crashes, ${rig.ledger.cases.size} questions asked`);
  }
  await load.stop();
  const verdict = await settleAndCheck(rig, say);
  points.push(...atPoints(crashed()));
  // While the tool-runner was away, the model did not have its tools and answered without them.
  await excuse(rig, verdict, withoutTools, say);
  const missed = all.filter((point) => order.includes(point) && !points.includes(point));
  return judge({
    test: 'R1 named points',
    hits: { crashes: points.length, 'different points': new Set(points).size },
    atLeast: { crashes: Math.floor(size * 0.9) },
    verdict,
    further: [...missed.map((point) => `the point ${point} was never reached`), ...deaths(rig)],
  });
}

/** Leaves out the points that other processes have only passed. */
function atPoints(lines: { point: string }[]): string[] {
  return lines.map(({ point }) => point).filter((point) => point.includes(':'));
}

/** Starts the process that is to end at this point, and waits until it has ended, or has not done so for long. */
async function crashOne(rig: Rig, point: string, env: Record<string, string>, withoutTools: Span[]): Promise<void> {
  const patienceMs = 120_000;
  const name = point.split(':')[1] ?? '';
  if (Object.hasOwn(workerPoints, name)) {
    const worker = await rig.workers.start(env, { replaced: false });
    const others = housekeepingPoints.has(name) ? rig.workers.ready().filter((each) => each !== worker) : [];
    await Promise.all(others.map((each) => rig.workers.remove(each)));
    const gone = rig.until(() => !rig.workers.ready().includes(worker), patienceMs);
    if (!(await gone)) await rig.workers.remove(worker);
    await Promise.all(others.map(() => rig.workers.start()));
    return;
  }
  const isRunner = Object.hasOwn(runnerPoints, name);
  const victim = isRunner ? rig.runner : rig.ingress;
  const from = Date.now();
  await victim.kill();
  // It may end before it says that it is ready, because it shows leftovers at once.
  await victim.start(env).catch(() => undefined);
  const process = victim.current();
  const gone = new Set<unknown>();
  void process?.gone.then(() => gone.add(process));
  await rig.until(() => !process || gone.has(process), patienceMs);
  victim.died.length = 0;
  await victim.kill();
  await victim.start();
  // Workers look for its tools again only after some seconds.
  if (isRunner) withoutTools.push({ from, to: Date.now() + 10_000 });
}
