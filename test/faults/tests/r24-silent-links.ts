import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '#test/lib/ports.ts';
import { createRedisFront } from '#test/lib/redis-front.ts';
import { startTestRedis } from '#test/lib/redis.ts';
import { mixedPlans, startLoad } from '../rig/load.ts';
import { startRig } from '../rig/rig.ts';
import { deaths, settleAndCheck } from '../rig/settle.ts';
import { drawOf, judge, type FaultOptions, type FaultResult, type FaultTest } from '../suite.ts';
import { untilAlive } from './victims.ts';

/**
 * Connections to Redis go dead and nobody hears of it, as when a machine vanishes, a network is parted, or something in
 * between forgets its connections. Commands are lost, or carried out and their replies are lost. New connections work at
 * once, or nothing does for a while, or Redis itself stands still and then carries out what it was sent before and since.
 */
export const silentLinks: FaultTest = {
  name: 'R24',
  title: 'connections to Redis go dead in silence',
  full: 30,
  quick: 4,
  run,
};

const kinds = ['swallowed', 'parted', 'frozen', 'deaf'] as const;
/** For how many milliseconds nothing comes through, or Redis stands still: longer than connections are waited for. */
const partedMs = 25_000;

/** For how many milliseconds witnesses may still tell of what was under way. */
const lateMs = 3_000;

async function run({ seed, size, say }: FaultOptions): Promise<FaultResult> {
  const draw = drawOf(seed);
  await using redis = await startTestRedis({ durable: true });
  await using front = createRedisFront(await freePort(), redis.port);
  await front.open();
  await using rig = await startRig({ workers: 2, redisUrl: `redis://127.0.0.1:${front.port}` });
  const load = startLoad(rig, 24, mixedPlans(drawOf(seed + 1)));
  const hits = { swallowed: 0, parted: 0, frozen: 0, deaf: 0, 'with runs under way': 0, 'questions refused': 0 };
  const recoveries: number[] = [];
  const stuck: string[] = [];
  for (let at = 0; at < size; at += 1) {
    const kind = kinds[at % kinds.length] ?? 'swallowed';
    await sleep(3_000 + draw() * 2_000);
    if (rig.ledger.open().some(({ asks }) => asks.length > 0)) hits['with runs under way'] += 1;
    if (kind === 'frozen') await freeze(redis.pid() ?? 0);
    else front.swallow(kind === 'deaf' ? 'replies' : 'all');
    if (kind === 'parted') {
      front.hold('all');
      await sleep(partedMs);
      front.hold('nothing');
    }
    hits[kind] += 1;
    // What the model or a tool was asked before may still be seen.
    await sleep(lateMs);
    const recovered = await untilAlive(rig);
    if (recovered === undefined) stuck.push(`nothing went on within 30 s after ${kind}`);
    else recoveries.push(recovered);
    say(`${at + 1} of ${size}: ${kind}, ${recovered ?? 'never'} ms, ${rig.ledger.cases.size} questions asked`);
  }
  await load.stop();
  const verdict = await settleAndCheck(rig, say);
  hits['questions refused'] = verdict.refused;
  return judge({
    test: 'R24 silent connections',
    hits,
    atLeast: { 'with runs under way': Math.ceil(size / 2) },
    verdict,
    resumeMs: recoveries,
    further: [...deaths(rig), ...stuck],
  });
}

async function freeze(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  await sleep(partedMs);
  process.kill(pid, 'SIGCONT');
}
