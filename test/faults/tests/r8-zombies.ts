import { setTimeout as sleep } from 'node:timers/promises';
import type { Case } from '../rig/ledger.ts';
import { mixedPlans, startLoad } from '../rig/load.ts';
import { startRig } from '../rig/rig.ts';
import { deaths, settleAndCheck } from '../rig/settle.ts';
import type { PooledWorker } from '../rig/workers.ts';
import { drawOf, judge, type FaultOptions, type FaultResult, type FaultTest } from '../suite.ts';
import { holders } from './victims.ts';

/** Workers sleep until after their lock has run out, while others go on with their runs. Then they wake up. */
export const zombies: FaultTest = {
  name: 'R8',
  title: 'zombie workers',
  full: 200,
  quick: 3,
  run: (options) =>
    standStill(options, {
      test: 'R8 zombies',
      sleepAll: async (workers, overtaken) => {
        for (const { process } of workers) process.signal('SIGSTOP');
        await overtaken();
        for (const { process } of workers) process.signal('SIGCONT');
      },
    }),
};

/** The same with an event loop that a computation blocks: timers and sockets stand still, but the process lives. */
export const blockedLoops: FaultTest = {
  name: 'R9',
  title: 'blocked event loops',
  full: 40,
  quick: 2,
  run: (options) =>
    standStill(options, {
      test: 'R9 blocked loop',
      flags: ['--import', './test/faults/played/block.ts'],
      env: { BLOCK_MS: String(blockMs) },
      sleepAll: async (workers, overtaken) => {
        for (const { process } of workers) process.signal('SIGUSR2');
        await Promise.all([overtaken(), sleep(blockMs)]);
      },
    }),
};

const blockMs = 40_000;
/** How many of the workers sleep at once. */
const asleepAtOnce = 3;
const workerCount = 6;

interface Sleeping {
  test: string;
  flags?: string[];
  env?: Record<string, string>;
  /** Makes them sleep at least until `overtaken` resolves. */
  sleepAll(workers: PooledWorker[], overtaken: () => Promise<unknown>): Promise<void>;
}

async function standStill({ seed, size, say }: FaultOptions, sleeping: Sleeping): Promise<FaultResult> {
  await using rig = await startRig({
    workers: Math.min(workerCount, size + 2),
    workerEnv: { ...sleeping.env, WORKER_CONCURRENCY: '10' },
    ...(sleeping.flags && { flags: sleeping.flags }),
  });
  const load = startLoad(rig, 36, mixedPlans(drawOf(seed + 1)));
  const hits = { asleep: 0, 'runs overtaken': 0 };
  let told = 0;
  while (hits.asleep < size) {
    await rig.until(() => holders(rig).length > 0, 30_000);
    const chosen = holders(rig).slice(0, Math.min(asleepAtOnce, size - hits.asleep));
    const from = Date.now();
    const held = rig.ledger.open().filter((each) => chosen.some(({ name }) => each.asks.at(-1)?.worker === name));
    await sleeping.sleepAll(chosen, () => rig.until(() => held.every((each) => wentOn(each, from)), 60_000));
    hits.asleep += chosen.length;
    hits['runs overtaken'] += held.filter((each) => wentOn(each, from)).length;
    // They are awake long enough to do what they should not.
    await sleep(1_000);
    if (hits.asleep >= told + 15) {
      told = hits.asleep;
      say(`${hits.asleep} of ${size} asleep, ${hits['runs overtaken']} runs overtaken`);
    }
  }
  await load.stop();
  const verdict = await settleAndCheck(rig, say);
  const lateReads = verdict.lateReads.length;
  // A worker that wakes up sends the reads that it was about to send.
  verdict.lateReads = [];
  return judge({
    test: sleeping.test,
    hits,
    atLeast: { asleep: size, 'runs overtaken': size },
    verdict,
    notes: [`${lateReads} reads of a sleeper happened after it woke up`],
    further: deaths(rig),
  });
}

function wentOn({ asks, endedAt }: Case, from: number): boolean {
  return endedAt !== undefined || asks.some(({ at }) => at > from + 1_000);
}
