import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { keys } from '#shared/keys.ts';
import type { Queues } from '#shared/queues.ts';
import { defineScript } from '#shared/redis-script.ts';
import { absentOf } from '../presence.ts';

/** Milliseconds for which a worker must be away: one that only reconnects keeps its runs. */
const patienceMs = 1_000;

/** A job under way, and who is believed to work on it. */
interface Held {
  job: string;
  run: string;
  channel: string;
  /** Value of its lock: another one means that another worker has taken it meanwhile. */
  lock: string;
}

/**
 * Takes the locks from runs whose worker has died, so that others go on with them at once and not when the locks run out.
 * A worker that was wrongly believed dead is fenced by its runs' epochs. Returns how many runs were let go.
 */
export async function releaseLostRuns(redis: Redis, queues: Queues): Promise<number> {
  const suspects = await heldByAbsent(redis, queues);
  if (suspects.length === 0) return 0;
  await sleep(patienceMs);
  const absent = new Set(await absentOf(redis, [...new Set(suspects.map(({ channel }) => channel))]));
  let released = 0;
  for (const held of suspects) if (absent.has(held.channel)) released += await release(redis, queues, held);
  return released;
}

async function heldByAbsent(redis: Redis, queues: Queues): Promise<Held[]> {
  const jobs = await redis.lrange(queues.queue('runs').toKey('active'), 0, -1);
  if (jobs.length === 0) return [];
  const pipeline = redis.pipeline();
  for (const job of jobs) pipeline.hmget(keys.run(runOf(job)), 'status', 'presence').get(lockKey(queues, job));
  const replies = ((await pipeline.exec()) ?? []).map(([, value]) => value);
  const held = jobs.flatMap((job, index): Held[] => {
    const [status, channel] = (replies[index * 2] ?? []) as (string | null)[];
    const lock = replies[index * 2 + 1] as string | null;
    return status === 'running' && channel && lock ? [{ job, run: runOf(job), channel, lock }] : [];
  });
  const absent = new Set(await absentOf(redis, [...new Set(held.map(({ channel }) => channel))]));
  return held.filter(({ channel }) => absent.has(channel));
}

/** The run of a job: the id of one that goes on after a question ends with `~` and a number. */
function runOf(job: string): string {
  return job.replace(/~\d+$/, '');
}

function lockKey(queues: Queues, job: string): string {
  return `${queues.queue('runs').toKey(job)}:lock`;
}

/** What BullMQ finds at its next look is a job without a lock that it has seen before: it gives it to another worker. */
const releaseScript = defineScript(
  3,
  `
  local record, lock, stalled = KEYS[1], KEYS[2], KEYS[3]
  local channel, token, job = ARGV[1], ARGV[2], ARGV[3]
  if redis.call('HGET', record, 'presence') ~= channel or redis.call('GET', lock) ~= token then return 0 end
  redis.call('DEL', lock)
  redis.call('SADD', stalled, job)
  return 1
`,
);

function release(redis: Redis, queues: Queues, { job, run, channel, lock }: Held): Promise<number> {
  const names = [keys.run(run), lockKey(queues, job), queues.queue('runs').toKey('stalled')];
  return releaseScript<number>(redis, names, [channel, lock, job]);
}
