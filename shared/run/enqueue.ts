import type { Redis } from 'ioredis';
import { errorText } from '#shared/ground/errors.ts';
import { keys } from '#shared/redis/keys.ts';
import { createLogger } from '#shared/process/log.ts';
import type { Queues } from '#shared/queue/queues.ts';
import { callerKey } from './request.ts';
import { readRun, type RunRecord } from './record.ts';
import type { RunParts } from './parts.ts';

const log = createLogger('runs');

/** Which job a run should have. */
export interface JobNeeds {
  runId: string;
  /** Id of the job that brings it to a worker; undefined while another run of its line goes before it. */
  job: string | undefined;
  /**
   * When it was accepted, in milliseconds since the epoch. With `pending`, the runs that its caller had under way then,
   * it decides the run's turn.
   */
  since: number;
  pending: number;
}

/** Adds the job that brings a run to a worker. Harmless when repeated: a job that is there is not added again. */
export async function addRunJob(queues: Queues, { runId, job, since, pending }: JobNeeds): Promise<void> {
  if (job !== undefined) await queues.add('run', { runId }, { jobId: job, priority: priorityOf(since, pending) });
}

/** Adds the job that shows a run in Discord. Harmless when repeated. */
export async function addReplyJob(queues: Queues, runId: string): Promise<void> {
  await queues.add('reply', { runId }, { jobId: runId });
}

/**
 * What a run's turn follows from: the milliseconds by which each run that a caller has under way sets back the next
 * one, and BullMQ's greatest priority number, whose job is taken last. `accept.lua` does the same as `priorityOf`.
 */
export const turns = { setBackMs: 3_000, most: 2_097_151 };

/**
 * A run's place among those that wait. It follows from the time of acceptance, and is later the more runs its caller
 * had under way. So a flood stands behind the others and yet comes nearer with time: nobody is overtaken for ever.
 * `acceptedAt` is in milliseconds.
 */
export function priorityOf(acceptedAt: number, pending: number): number {
  const seconds = Math.floor((acceptedAt + Math.max(0, pending - 1) * turns.setBackMs) / 1_000);
  return 1 + (seconds % turns.most);
}

/**
 * Whether a job's priority is from before the numbers began anew, which they do every 24 days. Such a job must not wait
 * until they end.
 */
export function isFromBefore(priority: number, now: number): boolean {
  return priority - priorityOf(now, 1) > turns.most / 2;
}

/**
 * Adds the job that a run should have by its record, when the run is the next of its line. Never rejects: it is stored
 * that the run goes on, and when its job cannot be added now, the sweep adds it.
 */
export async function enqueueRun({ redis, queues }: RunParts, runId: string): Promise<void> {
  try {
    const record = await readRun(redis, runId);
    if (!record || record.status === 'ended' || record.status === 'waiting') return;
    await addRunJob(queues, await needsOf(redis, record));
  } catch (error) {
    log.warn({ run: runId, error: errorText(error) }, 'the job comes later');
  }
}

/** Which job the run should have, by its record. */
export async function needsOf(redis: Redis, record: RunRecord): Promise<JobNeeds> {
  const { request, epoch } = record;
  const [head, pending] = await Promise.all([
    redis.lindex(keys.line(request.conversation), 0),
    // A run that a worker has begun does not wait behind others again.
    epoch > 0 ? 1 : redis.scard(keys.inflight(callerKey(request.caller))),
  ]);
  return {
    runId: record.id,
    job: head === record.id ? record.job : undefined,
    since: record.acceptedAt,
    pending,
  };
}
