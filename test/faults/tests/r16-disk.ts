import { setTimeout as sleep } from 'node:timers/promises';
import { connectRedis } from '#shared/redis/connect.ts';
import { startHuman } from '../rig/human.ts';
import { mixedPlans, startLoad } from '../rig/load.ts';
import { startRig, type Rig } from '../rig/rig.ts';
import { deaths, settleAndCheck } from '../rig/settle.ts';
import { excuse, type Span } from '../rig/spans.ts';
import { mountSmallDisk, type SmallDisk } from '../rig/small-disk.ts';
import { drawOf, judge, skipped, type FaultOptions, type FaultResult, type FaultTest } from '../suite.ts';

/**
 * Disks run full under load and are freed again. With `appendfsync always` Redis must then end by itself, and its
 * supervisor starts it again and again. When it syncs once a second, it refuses writes instead. The tool-runner cannot
 * note its calls, and makes none.
 */
export const fullDisks: FaultTest = { name: 'R16', title: 'full disks', full: 30, quick: 3, run };

const kinds = ['Redis ended by it', 'Redis refused writes', 'calls refused by the tool-runner'] as const;
const fullForMs = 3_000;
/** Workers look again after this time for the tools of a tool-runner that has failed several times. */
const lookAgainMs = 10_000;
/** How long a supervisor waits before it starts Redis again. */
const restartMs = 500;

interface Disks {
  redis: SmallDisk;
  runner: SmallDisk;
}

async function run(options: FaultOptions): Promise<FaultResult> {
  await using redis = await mountSmallDisk(96);
  await using runner = await mountSmallDisk(16);
  if (!redis || !runner) return skipped('R16 full disks', 'nothing may be mounted here');
  return await fillAgainAndAgain(options, { redis, runner });
}

async function fillAgainAndAgain({ seed, size, say }: FaultOptions, disks: Disks): Promise<FaultResult> {
  const draw = drawOf(seed);
  await using rig = await startRig({
    workers: 2,
    // A model asks again for a call that was not made, so it asks often while the tool-runner makes none.
    workerEnv: { RUN_MAX_ATTEMPTS: '100', MAX_ITERATIONS: '100' },
    disks: { redis: disks.redis.folder, runner: disks.runner.folder },
  });
  await using human = startHuman(rig);
  await using _ = supervise(rig);
  const plans = mixedPlans(drawOf(seed + 1));
  const withoutTools: Span[] = [];
  const load = startLoad(rig, 20, plans);
  const hits: Record<string, number> = Object.fromEntries(kinds.map((kind) => [kind, 0]));
  for (let at = 0; at < size; at += 1) {
    const kind = kinds[at % kinds.length];
    if (!kind) continue;
    await rig.until(() => rig.ledger.open().some(({ asks }) => asks.length > 0), 60_000);
    await sleep(draw() * 1_500);
    const begun = executions(rig);
    const from = Date.now();
    const disk = kind === 'calls refused by the tool-runner' ? disks.runner : disks.redis;
    if (kind === 'Redis refused writes') await setSync(rig, 'everysec');
    await disk.fill();
    const showed = () => (kind === 'Redis ended by it' ? !rig.redis.alive() : askedForCalls(rig) > 0);
    await rig.until(showed, 20_000);
    if (showed()) hits[kind] = (hits[kind] ?? 0) + 1;
    for (let count = 0; count < 2; count += 1) await rig.ask(plans());
    await sleep(fullForMs * (0.5 + draw()));
    await disk.free();
    await rig.until(() => executions(rig) > begun, 60_000);
    if (disk === disks.runner) withoutTools.push({ from, to: Date.now() + lookAgainMs });
    if (kind === 'Redis refused writes') await setSync(rig, 'always');
    if (at % 6 === 5) say(`${at + 1} of ${size} times full, ${rig.ledger.cases.size} questions asked`);
  }
  await load.stop();
  const verdict = await settleAndCheck(rig, say);
  await excuse(rig, verdict, withoutTools, say);
  return judge({
    test: 'R16 full disks',
    hits: { ...hits, 'questions refused': verdict.refused, 'human asked': human.asked.size },
    atLeast: Object.fromEntries(kinds.map((kind) => [kind, Math.floor(size / kinds.length)])),
    verdict,
    further: deaths(rig),
  });
}

function executions(rig: Rig): number {
  rig.look();
  return [...rig.ledger.cases.values()].reduce((sum, each) => sum + each.executions.length, 0);
}

/** How many runs have a newest answer that asks for calls: they write, or are about to. */
function askedForCalls(rig: Rig): number {
  rig.look();
  return rig.ledger.open().filter(({ asks }) => (asks.at(-1)?.calls ?? 0) > 0).length;
}

async function setSync(rig: Rig, policy: 'always' | 'everysec'): Promise<void> {
  const redis = connectRedis(rig.redisUrl, 'sync');
  try {
    await redis.config('SET', 'appendfsync', policy);
  } finally {
    redis.disconnect();
  }
}

/** Starts Redis again whenever it has ended, even right after a start. */
function supervise(rig: Rig): AsyncDisposable {
  const stop = new AbortController();
  const work = (async () => {
    while (!stop.signal.aborted) {
      if (!rig.redis.alive()) await rig.redis.start().catch(() => undefined);
      await sleep(restartMs);
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await work;
    },
  };
}
