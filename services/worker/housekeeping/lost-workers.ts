import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { queueNames, type QueueName } from '#shared/ground/vocabulary.ts';
import { forgetWorkers, missingWorkers } from '#shared/queue/presence.ts';
import { lockMs, stalledCheckMs, type Queues } from '#shared/queue/queues.ts';
import { defineScript, of } from '#shared/redis/script.ts';

/** Milliseconds for which a worker must be away before it counts as dead: one that only reconnects keeps its jobs. */
const patienceMs = 1_000;

/**
 * Takes the locks from jobs whose worker has died, so that others go on with them at once and not when the locks run
 * out. A worker that was wrongly believed dead is fenced by its runs' epochs and its deliveries' turns. Returns how
 * many jobs were freed.
 */
export async function releaseLostJobs(redis: Redis, queues: Queues): Promise<number> {
  const missing = await missingWorkers(redis);
  if (missing.size === 0) return 0;
  await sleep(patienceMs);
  const lost = (await missingWorkers(redis)).intersection(missing);
  const released = await Promise.all(queueNames.map((name) => release(redis, queues, name, lost)));
  await forgetWorkers(redis, lost);
  return released.reduce((sum, count) => sum + count, 0);
}

/**
 * When Redis' clock was set back, two things that BullMQ keeps for seconds last that much longer: the mark that stalled
 * jobs were just looked for, and locks that nobody renews. Both get their proper lifetime back.
 */
export async function shortenLocks(redis: Redis, queues: Queues): Promise<void> {
  for (const name of queueNames) {
    const queue = queues.queue(name);
    const checked = queue.toKey('stalled-check');
    if ((await redis.pttl(checked)) <= stalledCheckMs) continue;
    const jobs = await redis.lrange(queue.toKey('active'), 0, -1);
    const pipeline = redis.pipeline().del(checked);
    for (const job of jobs) pipeline.pexpire(`${queue.toKey(job)}:lock`, lockMs, 'LT');
    await pipeline.exec();
  }
}

async function release(redis: Redis, queues: Queues, name: QueueName, lost: Set<string>): Promise<number> {
  const queue = queues.queue(name);
  const jobs = await redis.lrange(queue.toKey('active'), 0, -1);
  if (jobs.length === 0) return 0;
  const locks = jobs.map((job) => `${queue.toKey(job)}:lock`);
  const tokens = await redis.mget(...locks);
  let released = 0;
  for (const [index, token] of tokens.entries()) {
    // BullMQ's tokens are the worker's id, a colon, and a number.
    if (token === null || !lost.has(token.slice(0, token.lastIndexOf(':')))) continue;
    const names = { lock: locks[index] ?? '', stalled: queue.toKey('stalled') };
    released += await releaseScript(redis, names, { token, job: jobs[index] ?? '' });
  }
  return released;
}

const releaseScript = defineScript(new URL('./release.lua', import.meta.url), {
  keys: ['lock', 'stalled'],
  args: { token: of<string>(), job: of<string>() },
  reply: of<0 | 1>(),
});
