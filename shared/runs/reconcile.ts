import { errorText } from '../errors.ts';
import { keys } from '../keys.ts';
import { createLogger } from '../log.ts';
import { redisNow } from '../redis.ts';
import { addJobs, isFromBefore, needsOf } from './enqueue.ts';
import { decodeRecord, type RunRecord } from './record.ts';
import type { RunParts } from './run-store.ts';
import { wakeRun } from './suspend.ts';

const log = createLogger('reconcile');

/**
 * What was found out of step and mended. `queued`: runs without the job that they should have. `woken`: waiting runs that
 * nothing keeps waiting. `hastened`: jobs that were put off for too long. `cleared`: what stood in a line although it has
 * ended. `replies`: Discord runs without their job. `unreadable`: runs that this version cannot read; each costs only itself.
 */
export type Reconciled = Record<'queued' | 'woken' | 'hastened' | 'cleared' | 'replies' | 'unreadable', number>;

export interface Reconciler {
  /** Looks after runs whose job may be missing, and after a part of all others. Rejects when Redis is away. */
  pass(): Promise<Reconciled>;
}

/** Passes in which all open runs are looked at. */
const passesForAll = 8;
/** Runs that one pass looks at, at least and at most. */
const fewest = 100;
const most = 2_000;
/** Milliseconds after which a door that stored a run must have added its jobs. */
const doorMs = 3_000;
/** Milliseconds for which a job may be put off: more than any back-off. */
const putOffMs = 45_000;

/**
 * Compares records, lines and jobs, so that whatever keeps them from fitting (a crash between two steps, a job removed by hand,
 * a clock that was wrong) each run goes on or is told. Everything that it does is harmless when two do it at once.
 */
export function createReconciler(parts: RunParts): Reconciler {
  const cursors = { open: 0, undelivered: 0 };

  /** The next part of a list, so that a few passes see all of it. */
  async function nextOf(list: 'open' | 'undelivered'): Promise<string[]> {
    const count = await parts.redis.zcard(keys[list]);
    if (count === 0) return [];
    const size = Math.min(Math.max(Math.ceil(count / passesForAll), fewest), most);
    const from = cursors[list] >= count ? 0 : cursors[list];
    cursors[list] = from + size;
    return parts.redis.zrange(keys[list], String(from), String(from + size - 1));
  }

  return {
    async pass() {
      const done: Reconciled = { queued: 0, woken: 0, hastened: 0, cleared: 0, replies: 0, unreadable: 0 };
      const now = await redisNow(parts.redis);
      const due = await parts.redis.zrangebyscore(keys.unqueued, 0, now - doorMs, 'WITHSCORES', 'LIMIT', 0, fewest);
      const scores = new Map<string, string>();
      for (let at = 0; at < due.length; at += 2) scores.set(due[at] ?? '', due[at + 1] ?? '');
      for (const runId of new Set([...scores.keys(), ...(await nextOf('open'))])) {
        await lookAfter(parts, runId, { now, score: scores.get(runId) }, done);
      }
      for (const runId of await nextOf('undelivered')) await lookAfterReply(parts, runId, now, done);
      await preferOld(parts, now, done);
      return done;
    },
  };
}

/** One run; what goes wrong with it is told and concerns no other. */
async function lookAfter(
  parts: RunParts,
  runId: string,
  seen: { now: number; score: string | undefined },
  done: Reconciled,
): Promise<void> {
  const { redis } = parts;
  const raw = await redis.hgetall(keys.run(runId));
  try {
    const record = decodeRecord(runId, raw);
    if (!record || record.status === 'ended') return void (await forgetOpen(parts, runId));
    if (record.status === 'waiting') {
      if (await wakeRun(parts, runId)) done.woken += 1;
      return;
    }
    await clearLine(parts, record, done);
    await bringJob(parts, record, seen.now, done);
    // Only the mark that was looked at: the end of the run before may have set a new one since.
    if (seen.score !== undefined) await dropMark(parts, runId, seen.score);
  } catch (error) {
    done.unreadable += 1;
    log.error({ run: runId, error: errorText(error) }, 'a run cannot be looked after; see docs/operations.md');
  }
}

async function forgetOpen({ redis }: RunParts, runId: string): Promise<void> {
  await redis.pipeline().zrem(keys.open, runId).zrem(keys.unqueued, runId).exec();
}

async function dropMark({ redis }: RunParts, runId: string, score: string): Promise<void> {
  if ((await redis.zscore(keys.unqueued, runId)) === score) await redis.zrem(keys.unqueued, runId);
}

/** The head of the run's line, when it has ended or is gone, keeps nobody waiting. */
async function clearLine({ redis }: RunParts, { id, request }: RunRecord, done: Reconciled): Promise<void> {
  const line = keys.line(request.conversation);
  const head = await redis.lindex(line, 0);
  if (head === id || head === null) return;
  const status = await redis.hget(keys.run(head), 'status');
  if (status !== null && status !== 'ended') return;
  await redis.lrem(line, 1, head);
  done.cleared += 1;
}

/** Sees to it that the run's job is there and is worked in time. */
async function bringJob(parts: RunParts, record: RunRecord, now: number, done: Reconciled): Promise<void> {
  const needs = await needsOf(parts.redis, record);
  const { queues } = parts;
  if (needs.job === undefined) return;
  // An older version that had a part in the run may have named its job in another way.
  const names = [...new Set([needs.job, record.id, `${record.id}~${record.epoch}`])];
  const job = await queues.standing('runs', names);
  if (!job) {
    await addJobs(queues, needs);
    done.queued += 1;
  } else if (job.failed || (job.putOffUntil ?? 0) - now > putOffMs) {
    await queues.hasten('runs', job.jobId);
    done.hastened += 1;
  }
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
  } else if (!job) {
    await queues.add('reply', { runId }, { jobId: runId });
    done.replies += 1;
  } else if (job.failed || (job.putOffUntil ?? 0) - now > putOffMs) {
    await queues.hasten('replies', runId);
    done.hastened += 1;
  }
}

/** Jobs whose priority is from before the numbers began anew. */
async function preferOld({ queues }: RunParts, now: number, done: Reconciled): Promise<void> {
  for (const { jobId, priority } of await queues.lastWaiting('runs', 50)) {
    if (!isFromBefore(priority, now)) continue;
    await queues.prefer('runs', jobId);
    done.hastened += 1;
  }
}
