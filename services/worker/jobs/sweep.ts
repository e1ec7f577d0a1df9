import type { Redis } from 'ioredis';
import { expireApprovals } from '#shared/approvals.ts';
import type { Queues } from '#shared/queues.ts';
import { sweepUnqueued } from '#shared/runs.ts';
import { swept } from '../events.ts';
import { releaseLostJobs } from './lost-workers.ts';

/**
 * Adds jobs that a crash kept from their queue, lets go on what workers that died have held, and decides the questions that
 * nobody answered in time.
 */
export async function handleSweep(redis: Redis, queues: Queues): Promise<void> {
  const runs = await sweepUnqueued(redis, queues);
  const approvals = await expireApprovals(redis, queues);
  const lost = await releaseLostJobs(redis, queues);
  swept({ runs, approvals, lost });
}
