import { errorText } from '#shared/ground/errors.ts';
import { keys } from '#shared/redis/keys.ts';
import { createLogger } from '#shared/process/log.ts';
import { redisNow } from '#shared/redis/connect.ts';
import { addReplyJob, isFromBefore } from './enqueue.ts';
import { forgetLost } from './forget-lost.ts';
import { isPutOff, mendRun } from './mend.ts';
import type { RunParts } from './parts.ts';

const log = createLogger('reconcile');

/**
 * What was found out of step and mended. `queued`, `hastened`, `woken`: see `Mended`. `replies`: Discord runs whose job
 * was missing. `unreadable`: runs that this version cannot read; they hold up no other.
 */
export type Reconciled = Record<'queued' | 'woken' | 'hastened' | 'replies' | 'unreadable', number>;

export interface Reconciler {
  /** Looks after runs whose job may be missing, and after a share of all others. Rejects when Redis is away. */
  pass(): Promise<Reconciled>;
}

/** Passes in which all open runs are looked at. */
const passesForAll = 8;
/** Runs that one pass looks at, at least and at most. */
const fewest = 100;
const most = 2_000;
/** How long others are given to do their own part, in milliseconds. */
export interface Patience {
  /** A run that was accepted less long ago is let be, unless its job is known to be missing. */
  youngMs: number;
  /** Time for whoever stored that a run needs a job to add it. */
  doorMs: number;
}
const patience: Patience = { youngMs: 10_000, doorMs: 3_000 };

/**
 * Compares records, lines and jobs, so that each run goes on or is reported, whatever set them at odds: a crash between
 * two steps, a job removed by hand, a clock that was wrong. Everything that it does is harmless when two do it at once.
 */
export function createReconciler(parts: RunParts, { youngMs, doorMs }: Patience = patience): Reconciler {
  const { redis } = parts;
  const cursors = { open: 0, undelivered: 0 };

  /** The next part of a list, without the runs that have only just been accepted; a few passes see the whole list. */
  async function nextOf(list: 'open' | 'undelivered', now: number): Promise<string[]> {
    const count = await redis.zcard(keys[list]);
    if (count === 0) return [];
    const size = Math.min(Math.max(Math.ceil(count / passesForAll), fewest), most);
    const from = cursors[list] >= count ? 0 : cursors[list];
    cursors[list] = from + size;
    const rows = await redis.zrange(keys[list], String(from), String(from + size - 1), 'WITHSCORES');
    return rows.filter((_, index) => {
      const age = now - Number(rows[index + 1]);
      // A negative age: it was accepted before Redis' clock was set back.
      return index % 2 === 0 && (age > youngMs || age < 0);
    });
  }

  return {
    async pass() {
      const done: Reconciled = { queued: 0, woken: 0, hastened: 0, replies: 0, unreadable: 0 };
      const now = await redisNow(redis);
      const due = await redis.zrangebyscore(keys.unqueued, 0, now - doorMs, 'LIMIT', 0, fewest);
      const lost: string[] = [];
      for (const runId of new Set([...due, ...(await nextOf('open', now))])) {
        await alone(runId, done, () => lookAfter(parts, runId, done, lost));
      }
      const [one] = lost;
      if (one !== undefined) {
        log.error({ runs: lost.length, one }, 'runs are gone from Redis: their data was deleted or lost');
        await alone(one, done, () => forgetLost(redis, lost));
      }
      for (const runId of await nextOf('undelivered', now)) {
        await alone(runId, done, () => lookAfterReply(parts, runId, now, done));
      }
      await preferOld(parts, now, done);
      return done;
    },
  };
}

/** Looks after one run. When that fails, the failure is reported and affects no other run. */
async function alone(runId: string, done: Reconciled, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    done.unreadable += 1;
    log.error({ run: runId, error: errorText(error) }, 'a run cannot be looked after');
  }
}

async function lookAfter(parts: RunParts, runId: string, done: Reconciled, lost: string[]): Promise<void> {
  const mended = await mendRun(parts, runId);
  if (mended === 'unknown') lost.push(runId);
  if (mended === 'queued' || mended === 'woken' || mended === 'hastened') done[mended] += 1;
}

async function lookAfterReply(parts: RunParts, runId: string, now: number, done: Reconciled): Promise<void> {
  const { redis, queues } = parts;
  const [job, record, finished] = await Promise.all([
    queues.standing('replies', [runId]),
    redis.exists(keys.run(runId)),
    redis.hget(keys.delivery(runId), 'done'),
  ]);
  if (record === 0 || finished === '1') {
    await redis.zrem(keys.undelivered, runId);
  } else if (!job || job.hollow) {
    if (job) await queues.remove('replies', runId);
    await addReplyJob(queues, runId);
    done.replies += 1;
  } else if (job.failed || isPutOff(job, now)) {
    await queues.hasten('replies', runId);
    done.hastened += 1;
  }
}

/** Prefers jobs whose priority is from before the numbers began anew. */
async function preferOld({ queues }: RunParts, now: number, done: Reconciled): Promise<void> {
  for (const { jobId, priority } of await queues.lastWaiting('runs', 50)) {
    if (!isFromBefore(priority, now)) continue;
    await queues.prefer('runs', jobId);
    done.hastened += 1;
  }
}
