import type { Redis } from 'ioredis';
import { cutAudit, sealAudit } from '#shared/audit/keep.ts';
import { forgetRuns } from '#shared/run/forget.ts';
import { queueNames } from '#shared/ground/vocabulary.ts';
import type { HousekeepingTask } from '#shared/process/metric-labels.ts';
import { keys } from '#shared/redis/keys.ts';
import { keepFailedJobsMs, type Queues } from '#shared/queue/queues.ts';
import { checkEviction, readMemory } from '#shared/redis/memory.ts';
import { redisNow } from '#shared/redis/connect.ts';
import type { WorkerConfig } from '../config.ts';
import { auditSealing, cleaned } from '../events.ts';
import { attempt } from './attempt.ts';
import { cutoff, leaveEnded, leaveFailed, page, type Leave } from './due.ts';
import { forgetUnstored } from './unstored.ts';

/** How long things are kept, in milliseconds, and how many of them. */
export interface Retention {
  runsMs: number;
  runsMax: number;
  failedMs: number;
  failedMax: number;
  /** Of runs that their programs do not want stored, from their end on. */
  unstoredMs: number;
  conversationsMs: number;
  conversationsMax: number;
  auditMs: number;
  auditMax: number;
  /** Percentage of Redis' memory limit above which runs go before their time. */
  memoryPercent: number;
  /** Runs that ended less than this many milliseconds ago stay: their answers may still be on their way. */
  youngMs: number;
}

export function retentionOf(config: WorkerConfig): Retention {
  return {
    runsMs: config.RETENTION_RUNS_MS,
    runsMax: config.RETENTION_RUNS_MAX,
    failedMs: config.RETENTION_FAILED_MS,
    failedMax: config.RETENTION_FAILED_MAX,
    unstoredMs: config.RETENTION_UNSTORED_MS,
    conversationsMs: config.HISTORY_TTL_MS,
    conversationsMax: config.RETENTION_CONVERSATIONS_MAX,
    auditMs: config.RETENTION_AUDIT_MS,
    auditMax: config.RETENTION_AUDIT_MAX,
    memoryPercent: config.RETENTION_MEMORY_PERCENT,
    youngMs: 600_000,
  };
}

/** The most runs that one round takes; the rest waits for the next round. */
const atOnce = 20_000;

/**
 * Forgets runs, failed runs, conversations, failed jobs and audit rows beyond the age or number that the retention
 * allows, and seals the audit log with the signing key. Where there is an archive, its own round takes runs and audit
 * rows instead. Safe to run twice at once; a part that fails keeps none of the others from its work.
 */
export async function clean(
  redis: Redis,
  queues: Queues,
  retention: Retention,
  { signingKey, archives }: { signingKey: string; archives: boolean },
): Promise<void> {
  const now = await redisNow(redis);
  const { runsMs, runsMax, failedMs, failedMax, conversationsMs, conversationsMax } = retention;
  const until = async (key: string, ms: number, max: number) => cutoff(redis, key, now - ms, max);
  const leave = leaveForGood(redis);
  const work: Record<Extract<HousekeepingTask, `clean-${string}`>, () => Promise<number>> = {
    'clean-failed': async () =>
      archives ? 0 : leaveFailed(redis, await until(keys.failed, failedMs, failedMax), atOnce, leave),
    'clean-runs': async () => {
      if (archives) return 0;
      const accepted = await until(keys.recent, runsMs, runsMax);
      return leaveEnded(redis, { accepted, ended: now - retention.youngMs, now }, atOnce, leave);
    },
    'clean-unstored': () => forgetUnstored(redis, now - retention.unstoredMs, atOnce),
    'clean-deliveries': () => keepDeliveries(redis, now, failedMs),
    'clean-conversations': async () =>
      forgetConversations(redis, await until(keys.conversations, conversationsMs, conversationsMax)),
    'clean-jobs': async () => {
      const jobs = queueNames.map((name) => queues.queue(name).clean(keepFailedJobsMs, page, 'failed'));
      return (await Promise.all(jobs)).flat().length;
    },
    'clean-audit': async () => {
      auditSealing(await sealAudit(redis, signingKey));
      return archives ? 0 : cutAudit(redis, signingKey, { ms: retention.auditMs, max: retention.auditMax });
    },
  };
  const counts: Record<string, number> = {};
  for (const task of Object.keys(work) as (keyof typeof work)[]) {
    const count = await attempt(task, work[task]);
    if (count !== undefined) counts[task.slice('clean-'.length)] = count;
  }
  cleaned(counts);
  await attempt('eviction', () => checkEviction(redis));
}

/** Forgets runs and all that is stored of them. */
export function leaveForGood(redis: Redis): Leave {
  return async (ids) => {
    await forgetRuns(redis, ids);
    return ids.length;
  };
}

/**
 * Near its memory limit Redis would refuse new questions. Before that, the oldest runs go before their time, a tenth at
 * a time, those that did not fail first. This itself takes no memory of Redis. `leave` decides where the runs go.
 */
export async function relieve(redis: Redis, retention: Retention, leave: Leave): Promise<void> {
  let pressed = 0;
  for (let rounds = 0; rounds < 10; rounds += 1) {
    const { used, max } = await readMemory(redis);
    if (max === 0 || (used / max) * 100 <= retention.memoryPercent) break;
    const gone = await relieveOnce(redis, retention, leave);
    if (gone === 0) break;
    pressed += gone;
  }
  if (pressed > 0) cleaned({ pressed });
}

async function relieveOnce(redis: Redis, retention: Retention, leave: Leave): Promise<number> {
  const now = await redisNow(redis);
  const tenth = async (key: string) => Math.ceil((await redis.zcard(key)) / 10);
  const ended = now - retention.youngMs;
  const gone = await leaveEnded(redis, { accepted: now, ended, now }, await tenth(keys.recent), leave);
  return gone > 0 ? gone : leaveFailed(redis, ended, await tenth(keys.failed), leave);
}

/** Pages of conversations that one pass takes; the rest waits for the next pass. */
const maxPages = 100;

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

const dayMs = 86_400_000;

/** A failed run's replay answers in the run's messages, so what is known of them is kept as long as the run. */
async function keepDeliveries(redis: Redis, now: number, failedMs: number): Promise<number> {
  const ids = await redis.zrangebyscore(keys.failed, now - dayMs, '+inf', 'LIMIT', 0, 5_000);
  if (ids.length === 0) return 0;
  const pipeline = redis.pipeline();
  for (const id of ids) pipeline.pexpire(keys.delivery(id), failedMs, 'GT');
  await pipeline.exec();
  // The result counts what was forgotten, and nothing was.
  return 0;
}
