import { setTimeout as sleep } from 'node:timers/promises';
import { check } from '../rig/checker.ts';
import { startHuman } from '../rig/human.ts';
import { hitsOf, type Kill, type Moment } from '../rig/hits.ts';
import type { Ledger } from '../rig/ledger.ts';
import { mixedPlans, startLoad } from '../rig/load.ts';
import { startRig, type Rig } from '../rig/rig.ts';
import type { PooledWorker } from '../rig/workers.ts';
import { drawOf, judge, type FaultOptions, type FaultResult, type FaultTest } from '../suite.ts';

/** Workers that die at any moment: at random, and aimed at moments that the witnesses tell. */
export const killsAnywhere: FaultTest = {
  name: 'R1',
  title: 'workers killed anywhere',
  full: 1_000,
  quick: 24,
  run,
};

/** Longest wait for all that is open when the kills are over. */
const settleMs = 180_000;
const openQuestions = 40;

async function run({ seed, size, say }: FaultOptions): Promise<FaultResult> {
  const draw = drawOf(seed);
  await using rig = await startRig({ workers: 4, workerEnv: { RUN_MAX_ATTEMPTS: '100' } });
  await using human = startHuman(rig);
  const load = startLoad(rig, openQuestions, mixedPlans(drawOf(seed + 1)));
  const kills = await killMany(rig, size, draw, say);
  await load.stop();
  await rig.until(() => rig.ledger.open().length === 0, settleMs);
  const verdict = check(rig.ledger.cases.values());
  const hits = hitsOf(rig.ledger.cases.values(), kills);
  const suspects = [...verdict.lost, ...verdict.failed, ...verdict.effectsMissing, ...verdict.effectsTwice];
  if (suspects.length > 0) say(await rig.journals(suspects));
  const least = Math.max(1, Math.round(size / 50));
  return judge({
    test: 'R1 kill anywhere',
    hits: { kills: kills.length, ...hits.byMoment, 'without a run': hits.idle, 'human asked': human.asked.size },
    atLeast: { kills: size, 'model asked': least, 'in a tool': least, 'after a tool': least, 'last answer': least },
    verdict,
    resumeMs: hits.resumeMs,
    resumeLimitMs: 17_000,
    further: rig.workers.died.map((how) => `a worker died by itself: ${how}`),
  });
}

const aims: (Moment | 'at random')[] = ['at random', 'in a tool', 'after a tool', 'model asked', 'last answer'];

/** Kills one worker after the other; at least two stay up. Returns when and whom. */
export async function killMany(
  rig: Rig,
  count: number,
  draw: () => number,
  say: (text: string) => void,
): Promise<Kill[]> {
  const kills: Kill[] = [];
  while (kills.length < count) {
    const aim = aims[Math.floor(draw() * aims.length)] ?? 'at random';
    const pause = draw() * 400;
    await rig.until(() => rig.workers.ready().length > 2, 120_000);
    await sleep(pause);
    const victim = await choose(rig, aim, draw);
    if (!victim) continue;
    kills.push({ at: rig.workers.kill(victim), worker: victim.name });
    if (kills.length % 50 === 0) say(`${kills.length} of ${count} kills, ${rig.ledger.cases.size} questions asked`);
  }
  return kills;
}

/** A worker at that moment, as far as the witnesses know; else whichever was drawn. */
async function choose(rig: Rig, aim: Moment | 'at random', draw: () => number): Promise<PooledWorker | undefined> {
  const drawn = draw();
  if (aim !== 'at random') {
    const until = Date.now() + 500;
    while (Date.now() < until) {
      rig.look();
      const names = workersAt(rig.ledger, aim);
      const victim = rig.workers.ready().find(({ name }) => names.has(name));
      if (victim) return victim;
      await sleep(2);
    }
  }
  const ready = rig.workers.ready();
  return ready[Math.floor(drawn * ready.length)];
}

/** Workers of which a run is at that moment now. */
function workersAt(ledger: Ledger, aim: Moment): Set<string> {
  const names = new Set<string>();
  const now = Date.now();
  for (const { asks, executions } of ledger.open()) {
    const ask = asks.at(-1);
    if (!ask) continue;
    const execution = executions.at(-1);
    const asked = !execution || execution.at < ask.at;
    const moment: Moment = asked
      ? ask.calls === 0
        ? 'last answer'
        : 'model asked'
      : execution.endAt === undefined
        ? 'in a tool'
        : 'after a tool';
    const since = Math.max(ask.at, execution?.endAt ?? execution?.at ?? 0);
    // What is long ago belongs to a worker that is dead.
    if (moment === aim && now - since < 150) names.add(ask.worker);
  }
  return names;
}
