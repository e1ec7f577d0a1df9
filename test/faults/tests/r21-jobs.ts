import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { QueueName } from '#shared/ground/vocabulary.ts';
import { createQueues, type Queues } from '#shared/queue/queues.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { startHuman } from '../rig/human.ts';
import { mixedPlans, startLoad } from '../rig/load.ts';
import { startRig, type Rig } from '../rig/rig.ts';
import { deaths, settleAndCheck } from '../rig/settle.ts';
import { drawOf, judge, type FaultOptions, type FaultResult, type FaultTest } from '../suite.ts';
import { holders } from './victims.ts';

/**
 * Does what somebody may do in a queue view, or by a script, while runs go on. Each run goes on, or is reported as
 * failed.
 */
export const removedJobs: FaultTest = { name: 'R21', title: 'jobs removed by hand', full: 60, quick: 5, run };

/** How many questions are open: more than the workers take at once, so that some jobs always wait. */
const openQuestions = 40;

interface Deed {
  name: string;
  /** Resolves with how many jobs it removed. */
  act(view: QueueView, name: QueueName): Promise<number>;
}

interface QueueView {
  redis: Redis;
  queues: Queues;
  draw: () => number;
}

const deeds: Deed[] = [
  {
    name: 'drained',
    async act({ queues }, name) {
      const before = await countJobs(queues, name);
      await queues.queue(name).drain(true);
      return Math.max(0, before - (await countJobs(queues, name)));
    },
  },
  {
    name: 'removed one by one',
    async act({ queues }, name) {
      const jobs = await queues.queue(name).getJobs(['prioritized', 'waiting', 'delayed', 'failed'], 0, 50);
      // A job that a worker has just taken is locked, and stays.
      const removed = await Promise.all(jobs.map((job) => job.remove().then(Boolean, () => false)));
      return removed.filter(Boolean).length;
    },
  },
  {
    name: 'obliterated',
    async act({ queues }, name) {
      const before = await countJobs(queues, name);
      await queues.queue(name).obliterate({ force: true });
      return before;
    },
  },
  {
    name: 'their keys deleted',
    async act({ queues, redis, draw }, name) {
      const queue = queues.queue(name);
      const active = await queue.getActive();
      const some = active.filter(() => draw() < 0.5).flatMap(({ id }) => (id === undefined ? [] : [queue.toKey(id)]));
      return some.length === 0 ? 0 : redis.del(...some);
    },
  },
];

async function run({ seed, size, say }: FaultOptions): Promise<FaultResult> {
  const draw = drawOf(seed);
  await using rig = await startRig({
    workers: 3,
    workerEnv: { RUN_MAX_ATTEMPTS: '100', WORKER_CONCURRENCY: '6' },
  });
  await using human = startHuman(rig);
  const redis = connectRedis(rig.redisUrl, 'queue-view');
  await using queues = createQueues(redis);
  await using _ = { [Symbol.asyncDispose]: async () => redis.disconnect() };
  const load = startLoad(rig, openQuestions, mixedPlans(drawOf(seed + 1), { questions: true }));
  const hits: Record<string, number> = {};
  const count = (name: string, by: number) => void (hits[name] = (hits[name] ?? 0) + by);
  for (let at = 0; at < size; at += 1) {
    const round = Math.floor(at / deeds.length);
    // The second round, of which the quick form plays the beginning, begins with a deed that surely meets jobs: those of
    // replies do not wait.
    const deed = deeds[(at + 2 * round) % deeds.length];
    if (!deed) continue;
    const name: QueueName = round % 2 === 0 ? 'runs' : 'replies';
    await rig.until(() => holders(rig).length > 0, 60_000);
    await sleep(500 + draw() * 1_500);
    count(`${name} ${deed.name}`, 1);
    count(`jobs of ${name}`, await deed.act({ redis, queues, draw }, name));
    // Some of the workers and ingresses that hold such a job die as well.
    if (draw() < 0.3) await killHolder(rig, name);
    if (at % 8 === 7) say(`${at + 1} of ${size} times, ${rig.ledger.cases.size} questions asked`);
  }
  await load.stop();
  const verdict = await settleAndCheck(rig, say);
  return judge({
    test: 'R21 jobs removed',
    hits: { ...hits, 'human asked': human.asked.size },
    atLeast: { 'jobs of runs': size, ...(size > 4 && { 'jobs of replies': Math.floor(size / 4) }) },
    verdict,
    further: deaths(rig),
  });
}

async function killHolder(rig: Rig, name: QueueName): Promise<void> {
  const [worker] = holders(rig);
  if (name === 'runs') {
    if (worker) rig.workers.kill(worker);
    return;
  }
  await rig.ingress.kill();
  await rig.ingress.start();
}

async function countJobs(queues: Queues, name: QueueName): Promise<number> {
  const counts = await queues.queue(name).getJobCounts();
  return Object.values(counts).reduce((sum, each) => sum + each, 0);
}
