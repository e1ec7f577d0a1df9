import { setTimeout as sleep } from 'node:timers/promises';
import { hitsOf, type Kill, type Moment } from '../rig/hits.ts';
import { startHuman } from '../rig/human.ts';
import { mixedPlans, startLoad } from '../rig/load.ts';
import { startRig, type Rig } from '../rig/rig.ts';
import { deaths, settleAndCheck } from '../rig/settle.ts';
import { drawOf, judge, type FaultOptions, type FaultResult, type FaultTest } from '../suite.ts';
import { choose } from './victims.ts';

/** Workers die at any moment: at random, and aimed at moments that the witnesses tell. */
export const killsAnywhere: FaultTest = {
  name: 'R1',
  title: 'workers killed anywhere',
  full: 1_000,
  quick: 24,
  run,
};

const openQuestions = 40;

async function run({ seed, size, say }: FaultOptions): Promise<FaultResult> {
  const draw = drawOf(seed);
  await using rig = await startRig({ workers: 4, workerEnv: { RUN_MAX_ATTEMPTS: '100' } });
  await using human = startHuman(rig);
  const load = startLoad(rig, openQuestions, mixedPlans(drawOf(seed + 1), { questions: true }));
  const kills = await killMany(rig, size, draw, say);
  await load.stop();
  const verdict = await settleAndCheck(rig, say);
  const hits = hitsOf(rig.ledger.cases.values(), kills);
  const least = Math.max(1, Math.round(size / 50));
  return judge({
    test: 'R1 kill anywhere',
    hits: {
      kills: kills.length,
      ...hits.byMoment,
      'without a run': hits.idle,
      'human asked': human.asked.size,
    },
    atLeast: { kills: size, 'model asked': least, 'in a tool': least, 'after a tool': least, 'last answer': least },
    verdict,
    resumeMs: hits.resumeMs,
    resumeLimitMs: 17_000,
    further: deaths(rig),
  });
}

const aims: (Moment | 'at random')[] = ['at random', 'in a tool', 'after a tool', 'model asked', 'last answer'];

/** Kills one worker after the other, with at least two staying up. Returns when each was killed, and which. */
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
