import { dueApprovals, expireApproval } from '#shared/run/decide.ts';
import type { Reconciler } from '#shared/run/reconcile.ts';
import type { RunParts } from '#shared/run/parts.ts';
import { swept } from '../events.ts';
import { attempt } from './attempt.ts';
import { releaseLostJobs, shortenLocks } from './lost-workers.ts';

/**
 * Makes sure that each run goes on: frees what dead workers held, decides questions that nobody answered in time, and
 * mends what does not fit. A part that fails keeps none of the others from being done.
 */
export async function sweep(parts: RunParts, reconciler: Reconciler): Promise<void> {
  await attempt('lost-workers', () => shortenLocks(parts.redis, parts.queues));
  const lost = await attempt('lost-workers', () => releaseLostJobs(parts.redis, parts.queues));
  const approvals = await attempt('approvals', () => expireApprovals(parts));
  const mended = await attempt('reconcile', () => reconciler.pass());
  swept({ lost: lost ?? 0, approvals: approvals ?? 0, ...mended });
}

async function expireApprovals(parts: RunParts): Promise<number> {
  const due = await dueApprovals(parts.redis);
  for (const { runId, approval } of due) {
    await attempt('approvals', () => expireApproval(parts, runId, approval));
  }
  return due.length;
}
