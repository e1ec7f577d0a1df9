import { setTimeout as sleep } from 'node:timers/promises';
import { mixedPlans, startLoad } from '../rig/load.ts';
import { startRig, type Rig } from '../rig/rig.ts';
import { deaths, settleAndCheck } from '../rig/settle.ts';
import { drawOf, judge, type FaultOptions, type FaultResult, type FaultTest } from '../suite.ts';
import { untilAlive } from './victims.ts';

/** Redis is killed again and again while questions come. Now and then it is frozen before. */
export const redisKills: FaultTest = { name: 'R3', title: 'Redis killed and frozen', full: 200, quick: 4, run };

const frozenMs = 10_000;
const askedAtOnce = 3;

async function run({ seed, size, say }: FaultOptions): Promise<FaultResult> {
  const draw = drawOf(seed);
  await using rig = await startRig({ workers: 2 });
  const plans = mixedPlans(drawOf(seed + 1));
  const load = startLoad(rig, 30, plans);
  const hits = { kills: 0, 'with runs under way': 0, 'frozen first': 0, 'questions refused': 0 };
  const recoveries: number[] = [];
  for (let at = 1; at <= size; at += 1) {
    await sleep(300 + draw() * 1_500);
    const frozen = at % 10 === 0 || (size < 10 && at === size);
    const underWay = rig.ledger.open().some(({ asks }) => asks.length > 0);
    // Some questions are on their way in when it happens, and some come while Redis is away.
    for (let count = 0; count < askedAtOnce; count += 1) await rig.ask(plans());
    await sleep(draw() * 60);
    if (frozen) await freeze(rig);
    await rig.redis.kill();
    await rig.ask(plans());
    hits.kills += 1;
    if (frozen) hits['frozen first'] += 1;
    if (underWay) hits['with runs under way'] += 1;
    await sleep(draw() * 1_000);
    await rig.redis.start();
    const recovered = await untilAlive(rig);
    if (recovered !== undefined) recoveries.push(recovered);
    if (at % 20 === 0) say(`${at} of ${size} kills of Redis, ${rig.ledger.cases.size} questions asked`);
  }
  await load.stop();
  const verdict = await settleAndCheck(rig, say);
  hits['questions refused'] = verdict.refused;
  return judge({
    test: 'R3 Redis killed',
    hits,
    atLeast: { kills: size, 'with runs under way': Math.ceil(size / 2), 'frozen first': 1 },
    verdict,
    resumeMs: recoveries,
    further: [...deaths(rig), ...(rig.ingress.current() ? [] : ['the ingress died'])],
  });
}

async function freeze(rig: Rig): Promise<void> {
  process.kill(rig.redis.pid() ?? 0, 'SIGSTOP');
  await sleep(frozenMs);
  process.kill(rig.redis.pid() ?? 0, 'SIGCONT');
}
