import type { Redis } from 'ioredis';
import { cutAudit, sealAudit } from '#shared/audit/keep.ts';
import { errorText } from '#shared/errors.ts';
import { forgetRuns } from '#shared/runs/list.ts';
import { queueNames } from '#shared/jobs.ts';
import type { HousekeepingTask } from '#shared/metric-labels.ts';
import { keys } from '#shared/keys.ts';
import { keepFailedJobsMs, type Queues } from '#shared/queues.ts';
import { readMemory } from '#shared/redis-memory.ts';
import { redisNow } from '#shared/redis.ts';
import type { WorkerConfig } from '../config.ts';
import { auditSealing, cleaned, taskFailed } from '../events.ts';

/** What is kept for how long (milliseconds), and how many of them. */
export interface Retention {
  runsMs: number;
  runsMax: number;
  failedMs: number;
  failedMax: number;
  conversationsMs: number;
  conversationsMax: number;
  auditMs: number;
  auditMax: number;
  /** Share of Redis' memory limit from which on runs go before their time. */
  memoryPercent: number;
  /** Runs that ended less than so long ago stay in any case: their answers are perhaps still being delivered. */
  youngMs: number;
}

export function retentionOf(config: WorkerConfig): Retention {
  return {
    runsMs: config.RETENTION_RUNS_MS,
    runsMax: config.RETENTION_RUNS_MAX,
    failedMs: config.RETENTION_FAILED_MS,
    failedMax: config.RETENTION_FAILED_MAX,
    conversationsMs: config.HISTORY_TTL_MS,
    conversationsMax: config.RETENTION_CONVERSATIONS_MAX,
    auditMs: config.RETENTION_AUDIT_MS,
    auditMax: config.RETENTION_AUDIT_MAX,
    memoryPercent: config.RETENTION_MEMORY_PERCENT,
    youngMs: 600_000,
  };
}

/**
 * Forgets runs, failed runs, conversations, failed jobs and audit rows that are older or more than the retention allows, and
 * seals the audit log with the signing key. Safe to run twice at once; a part that fails keeps none of the others from its work.
 */
export async function clean(redis: Redis, queues: Queues, retention: Retention, signingKey: string): Promise<void> {
  const now = await redisNow(redis);
  const { runsMs, runsMax, failedMs, failedMax, conversationsMs, conversationsMax } = retention;
  const until = async (key: string, ms: number, max: number) => cutoff(redis, key, now - ms, max);
  const work: Record<Extract<HousekeepingTask, `clean-${string}`>, () => Promise<number>> = {
    'clean-failed': async () => forgetFailed(redis, await until(keys.failed, failedMs, failedMax)),
    'clean-runs': async () =>
      forgetEnded(redis, { accepted: await until(keys.recent, runsMs, runsMax), ended: now - retention.youngMs, now }),
    'clean-deliveries': () => keepDeliveries(redis, now, failedMs),
    'clean-conversations': async () =>
      forgetConversations(redis, await until(keys.conversations, conversationsMs, conversationsMax)),
    'clean-jobs': async () => {
      const jobs = queueNames.map((name) => queues.queue(name).clean(keepFailedJobsMs, page, 'failed'));
      return (await Promise.all(jobs)).flat().length;
    },
    'clean-audit': async () => {
      auditSealing(await sealAudit(redis, signingKey));
      return cutAudit(redis, signingKey, { ms: retention.auditMs, max: retention.auditMax });
    },
  };
  const counts: Record<string, number> = {};
  for (const task of Object.keys(work) as (keyof typeof work)[]) {
    try {
      counts[task.slice('clean-'.length)] = await work[task]();
    } catch (error) {
      taskFailed(task, errorText(error));
    }
  }
  cleaned(counts);
}

/**
 * Near Redis' memory limit new questions would be refused: then the oldest runs go before their time, a tenth at a time,
 * those that did not fail first. It takes no memory itself.
 */
export async function relieve(redis: Redis, retention: Retention): Promise<void> {
  let pressed = 0;
  for (let rounds = 0; rounds < 10; rounds += 1) {
    const { used, max } = await readMemory(redis);
    if (max === 0 || (used / max) * 100 <= retention.memoryPercent) break;
    const gone = await relieveOnce(redis, retention);
    if (gone === 0) break;
    pressed += gone;
  }
  if (pressed > 0) cleaned({ pressed });
}

async function relieveOnce(redis: Redis, retention: Retention): Promise<number> {
  const now = await redisNow(redis);
  const tenth = async (key: string) => Math.ceil((await redis.zcard(key)) / 10);
  const ended = now - retention.youngMs;
  const gone = await forgetEnded(redis, { accepted: now, ended, now }, await tenth(keys.recent));
  return gone > 0 ? gone : forgetFailed(redis, ended, await tenth(keys.failed));
}

const page = 200;
/** Pages of one pass: what is left over waits for the next one. */
const maxPages = 100;

/** The score up to which entries go: too old, or beyond the newest `max`. */
async function cutoff(redis: Redis, key: string, oldest: number, max: number): Promise<number> {
  const [, score] = await redis.zrevrange(key, max, max, 'WITHSCORES');
  return Math.max(oldest, Number(score ?? 0));
}

async function forgetFailed(redis: Redis, until: number, most = page * maxPages): Promise<number> {
  let forgotten = 0;
  while (forgotten < most) {
    const ids = await redis.zrangebyscore(keys.failed, '-inf', until, 'LIMIT', 0, Math.min(page, most - forgotten));
    await forgetRuns(redis, ids);
    forgotten += ids.length;
    if (ids.length < page) break;
  }
  return forgotten;
}

async function forgetConversations(redis: Redis, until: number): Promise<number> {
  let forgotten = 0;
  for (let pages = 0; pages < maxPages; pages += 1) {
    const names = await redis.zrangebyscore(keys.conversations, '-inf', until, 'LIMIT', 0, page);
    if (names.length === 0) break;
    await redis.unlink(...names.map(keys.history));
    await redis.zrem(keys.conversations, ...names);
    forgotten += names.length;
  }
  return forgotten;
}

/** Milliseconds since the epoch. */
interface Until {
  accepted: number;
  ended: number;
  now: number;
}

/** Forgets runs accepted and ended until then. Failed ones are in the failed list; here they are only unlisted. */
async function forgetEnded(redis: Redis, until: Until, most = page * maxPages): Promise<number> {
  let forgotten = 0;
  let kept = 0;
  while (forgotten < most) {
    const ids = await redis.zrangebyscore(
      keys.recent,
      '-inf',
      until.accepted,
      'LIMIT',
      kept,
      Math.min(page, most - forgotten),
    );
    if (ids.length === 0) break;
    const { ended, failed } = await sort(redis, ids, until);
    await forgetRuns(redis, ended);
    if (failed.length > 0) await redis.zrem(keys.recent, ...failed);
    forgotten += ended.length;
    kept += ids.length - ended.length - failed.length;
  }
  return forgotten;
}

/**
 * Those that may go, and those that the failed list holds. The rest has not ended, has only just, or waits to be shown in
 * Discord: what nobody has seen yet is kept for a day.
 */
async function sort(redis: Redis, ids: string[], until: Until): Promise<{ ended: string[]; failed: string[] }> {
  const pipeline = redis.pipeline();
  for (const id of ids) {
    pipeline.hmget(keys.run(id), 'acceptedAt', 'endedAt').zscore(keys.failed, id).zscore(keys.undelivered, id);
  }
  const replies = ((await pipeline.exec()) ?? []).map(([, value]) => value);
  const ended: string[] = [];
  const failed: string[] = [];
  for (const [index, id] of ids.entries()) {
    const [times, isFailed, undelivered] = replies.slice(index * 3) as [
      (string | null)[],
      string | null,
      string | null,
    ];
    const [acceptedAt, endedAt] = times;
    const unseen = undelivered !== null && Number(undelivered) > until.now - dayMs;
    if (isFailed !== null) failed.push(id);
    // Without a record it has expired already.
    else if (acceptedAt === null || (endedAt && Number(endedAt) <= until.ended && !unseen)) ended.push(id);
  }
  return { ended, failed };
}

const dayMs = 86_400_000;

/** A failed run's replay answers in its messages: what is known of them is kept as long as the run. */
async function keepDeliveries(redis: Redis, now: number, failedMs: number): Promise<number> {
  const ids = await redis.zrangebyscore(keys.failed, now - dayMs, '+inf', 'LIMIT', 0, 5_000);
  if (ids.length === 0) return 0;
  const pipeline = redis.pipeline();
  for (const id of ids) pipeline.pexpire(keys.delivery(id), failedMs, 'GT');
  await pipeline.exec();
  // Nothing is forgotten here.
  return 0;
}
