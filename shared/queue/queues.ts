import { DelayedError, Queue, UnrecoverableError, Worker, type Job, type WorkerOptions as BullOptions } from 'bullmq';
import type { Redis } from 'ioredis';
import { within } from '#shared/ground/deadline.ts';
import { errorText } from '#shared/ground/errors.ts';
import { backendFor } from './backend.ts';
import { jobCatalogue, type JobDefinition, type JobName, type JobPayload, type JobsOf } from './jobs.ts';
import { jobStates, queueNames, type QueueName } from '#shared/ground/vocabulary.ts';
import { prefix } from '#shared/redis/keys.ts';
import { createLogger } from '#shared/process/log.ts';
import { metrics } from '#shared/process/metrics.ts';
import { showPresence } from './presence.ts';
import type { Subscriber } from '#shared/redis/subscriber.ts';

const log = createLogger('queues');

/**
 * How long a worker that does not answer keeps its job, and how often dead ones are looked for, in milliseconds. Well
 * below BullMQ's 30 s / 30 s, so that the run of a worker that is cut off goes on within about 15 s: the lock runs out,
 * then up to three checks follow, because a job must be seen twice and workers share the checks. Far above the pauses
 * of a busy event loop. When a worker's process has died, its lock is taken away sooner
 * (`services/worker/housekeeping/lost-workers.ts`). If a job is started twice all the same, its run's epoch fences the
 * older one.
 */
export const lockMs = 10_000;
export const stalledCheckMs = 2_000;

export interface Queues extends AsyncDisposable {
  /** Adds a job; the same `jobId` is added once as long as its job is kept. Rejects when Redis does not confirm. */
  add<N extends JobName>(
    name: N,
    payload: JobPayload<N>,
    options?: { jobId?: string; priority?: number },
  ): Promise<void>;
  /** The first job that is there under one of these ids; undefined when none is. */
  standing(name: QueueName, jobIds: string[]): Promise<StandingJob | undefined>;
  /** Removes a job, unless a worker holds it just now. */
  remove(name: QueueName, jobId: string): Promise<void>;
  /** Makes a job that failed for good, or was put off, the next to be worked. */
  hasten(name: QueueName, jobId: string): Promise<void>;
  /** The last `count` of the jobs that wait by priority. */
  lastWaiting(name: QueueName, count: number): Promise<{ jobId: string; priority: number }[]>;
  /** Gives a job that waits the first priority. */
  prefer(name: QueueName, jobId: string): Promise<void>;
  /** The BullMQ queue itself, for listings and counts. */
  queue(name: QueueName): Queue;
}

/** A job that is in its queue. `putOffUntil`: milliseconds since the epoch. */
export interface StandingJob {
  jobId: string;
  failed: boolean;
  /** True when the job is a remnant: its key was deleted while a worker held it, which then wrote its end there. */
  hollow: boolean;
  putOffUntil?: number;
}

/** BullMQ's score of a delayed job is its time in milliseconds times this, and a counter. */
const delayedScale = 4_096;
/** BullMQ's score of a job that waits by priority is its priority times this, and a counter. */
const priorityScale = 2 ** 32;

/** The one place that makes queues. */
export function createQueues(redis: Redis): Queues {
  const queues = new Map<QueueName, Queue>();
  function queue(name: QueueName): Queue {
    const existing = queues.get(name);
    if (existing) return existing;
    const made = new Queue(name, {
      connection: redis,
      prefix,
      skipVersionCheck: true,
      streams: { events: { maxLen: 1_000 } },
    });
    made.on('error', (error) => log.warn({ queue: name, error: error.message }, 'queue error'));
    queues.set(name, made);
    return made;
  }
  return {
    queue,
    async add(name, payload, options = {}) {
      const definition: JobDefinition = jobCatalogue[name];
      await queue(definition.queue).add(name, definition.schema.parse(payload), {
        ...jobOptions(definition),
        ...options,
      });
    },
    async standing(name, jobIds) {
      for (const jobId of jobIds) {
        const [there, kind, failed, delayed] = await Promise.all([
          redis.exists(queue(name).toKey(jobId)),
          redis.hget(queue(name).toKey(jobId), 'name'),
          redis.zscore(queue(name).toKey('failed'), jobId),
          redis.zscore(queue(name).toKey('delayed'), jobId),
        ]);
        if (there === 0) continue;
        const putOff = delayed === null ? {} : { putOffUntil: Math.floor(Number(delayed) / delayedScale) };
        return { jobId, failed: failed !== null, hollow: kind === null, ...putOff };
      }
      return undefined;
    },
    async remove(name, jobId) {
      await queue(name).remove(jobId);
    },
    async hasten(name, jobId) {
      const job = await queue(name).getJob(jobId);
      if (await job?.isFailed()) await job?.retry('failed');
      else if (await job?.isDelayed()) await job?.promote();
    },
    async lastWaiting(name, count) {
      const last = await redis.zrevrange(queue(name).toKey('prioritized'), 0, count - 1, 'WITHSCORES');
      return Array.from({ length: last.length / 2 }, (_, index) => ({
        jobId: last[index * 2] ?? '',
        priority: Math.floor(Number(last[index * 2 + 1]) / priorityScale),
      }));
    },
    async prefer(name, jobId) {
      await (await queue(name).getJob(jobId))?.changePriority({ priority: 1 });
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...queues.values()].map((each) => each.close()));
    },
  };
}

/** A job as `shared/redis/lua/jobs.lua` takes it. */
export interface JobToAdd {
  id: string;
  name: JobName;
  data: string;
  opts: object;
}

/** A job that a script adds in the step that makes it needed. */
export function jobToAdd<N extends JobName>(name: N, jobId: string, payload: JobPayload<N>): JobToAdd {
  const definition: JobDefinition = jobCatalogue[name];
  const data = JSON.stringify(definition.schema.parse(payload));
  return { id: jobId, name, data, opts: { ...jobOptions(definition), jobId } };
}

/** Milliseconds for which jobs that failed for good are kept. Their runs are kept separately. */
export const keepFailedJobsMs = 7 * 24 * 3_600_000;

function jobOptions(definition: JobDefinition) {
  return {
    attempts: definition.attempts,
    backoff: { type: 'capped', delay: definition.backoffMs },
    removeOnComplete: true,
    removeOnFail: { age: keepFailedJobsMs / 1_000, count: 10_000 },
  };
}

/** The longest that a job is put off after a failure, in milliseconds: so soon everything goes on after an outage. */
const maxBackoffMs = 15_000;

/** Milliseconds to wait after attempt `attempt` (from 1): doubled after each failure, with jitter, up to the cap. */
export function backoffMs(attempt: number, firstMs: number): number {
  const full = Math.min(firstMs * 2 ** Math.min(attempt - 1, 30), maxBackoffMs);
  return Math.round(full * (0.5 + Math.random() / 2));
}

/** What a handler gets besides the payload. */
export interface JobContext {
  jobId: string;
  /** 1 on the first try. */
  attempt: number;
  /** Aborts when this process was told to stop taking work and its grace time has passed. */
  signal: AbortSignal;
}

/** A handler that cannot finish throws this: its job goes back to the queue, and another worker may take it at once. */
export class HandedOver extends Error {}

export type Handlers<Q extends QueueName> = {
  [N in JobsOf<Q>]: (payload: JobPayload<N>, context: JobContext) => Promise<void>;
};

export interface QueueWorker extends AsyncDisposable {
  /** Stops taking jobs and waits for those under way. */
  pause(): Promise<void>;
}

export interface WorkerOptions {
  /**
   * A connection that waits while Redis is away. What jobs write and what is written about them share it, so that both
   * leave together.
   */
  redis: Redis;
  /** The process' one subscriber; it shows that the worker lives. */
  subscriber: Subscriber;
  concurrency: number;
  /** Milliseconds that jobs under way get at shutdown before their signal aborts. */
  graceMs?: number;
}

/**
 * The one place that makes workers. A missing handler does not compile; a malformed job is refused and logged. Waits
 * for Redis, and rejects when a connection breaks while it is prepared.
 */
export async function createWorker<Q extends QueueName>(
  name: Q,
  handlers: Handlers<Q>,
  options: WorkerOptions,
): Promise<QueueWorker> {
  const { redis } = options;
  const shutdown = new AbortController();
  let active = 0;
  const work = async (job: Job, token?: string): Promise<void> => {
    active += 1;
    try {
      await handle(handlers, job, token, shutdown.signal);
    } finally {
      active -= 1;
    }
  };
  const settings = {
    connection: redis,
    prefix,
    concurrency: options.concurrency,
    lockDuration: lockMs,
    stalledInterval: stalledCheckMs,
    // When Redis is back, the worker takes jobs again at once, not after BullMQ's 15 s.
    runRetryDelay: 500,
    // By default BullMQ fails a job whose worker died twice; here the run's own record counts attempts.
    maxStalledCount: 1_000_000,
    skipVersionCheck: true,
    autorun: false,
    settings: { backoffStrategy: (attempt, _type, _error, job) => backoffMs(attempt, delayOf(job)) },
  } satisfies BullOptions;
  const worker = new Worker(name, work, settings, backendFor(redis));
  worker.on('failed', (job, error) => reportFailure(name, job, error));
  worker.on('error', (error) => log.warn({ queue: name, error: error.message }, 'worker error'));
  let presence: AsyncDisposable;
  try {
    // When a connection breaks while BullMQ prepares it, it stays broken, and BullMQ's main loop asks it again and
    // again without a pause, which starves the whole process. So the loop starts only on connections that are ready.
    await worker.waitUntilReady();
    presence = await showPresence(options.subscriber, redis, { id: worker.id, queue: name });
  } catch (error) {
    void worker.close(true).catch(() => undefined);
    throw error;
  }
  worker.run().catch((error: unknown) => log.error({ queue: name, error: errorText(error) }, 'worker ended'));
  return {
    async pause() {
      await worker.pause();
    },
    async [Symbol.asyncDispose]() {
      const graceMs = options.graceMs ?? 10_000;
      const timer = setTimeout(() => shutdown.abort(new Error('shutting down')), graceMs);
      // With Redis away BullMQ may wait for ever. Another worker takes over what it holds anyway.
      const closed = await within(worker.close(), active > 0 ? graceMs + closeMs : closeMs);
      clearTimeout(timer);
      if (!closed) {
        log.warn({ queue: name }, 'the queue could not be closed in order');
        void worker.close(true).catch(() => undefined);
      }
      await presence[Symbol.asyncDispose]();
    },
  };
}

function delayOf(job: { name: string } | undefined): number {
  return jobCatalogue[job?.name as JobName]?.backoffMs ?? 1_000;
}

/** Milliseconds that closing may take beyond the jobs' grace time. */
const closeMs = 4_000;

type HandlerTable = Record<string, ((payload: never, context: JobContext) => Promise<void>) | undefined>;

async function handle(handlers: HandlerTable, job: Job, token: string | undefined, signal: AbortSignal): Promise<void> {
  const name = job.name as JobName;
  const definition: JobDefinition | undefined = jobCatalogue[name];
  const handler = handlers[name];
  // This job is not tried again as it is: whatever looks after its run puts a whole one in its place.
  if (job.name === undefined) throw new UnrecoverableError('the job has lost what it says');
  if (!definition || !handler) throw new Error(`no handler for job ${job.name}`);
  const payload = definition.schema.parse(job.data) as never;
  try {
    await handler(payload, { jobId: job.id ?? '', attempt: job.attemptsMade + 1, signal });
  } catch (error) {
    if (!(error instanceof HandedOver)) throw error;
    // BullMQ 6.7's moveToWait wakes no idle worker for a job with a priority, so this is not moveToWait.
    await job.moveToDelayed(Date.now() + 1, token);
    throw new DelayedError();
  }
}

function reportFailure(queue: string, job: Job | undefined, error: Error): void {
  if (error instanceof DelayedError) return;
  const last = job === undefined || job.attemptsMade >= (job.opts.attempts ?? 1);
  log[last ? 'error' : 'warn'](
    { queue, job: job?.id, attempt: job?.attemptsMade, error: errorText(error) },
    'job failed',
  );
}

/** Publishes how many jobs wait in which state whenever metrics are scraped. */
export function watchQueueDepths(queues: Queues): void {
  metrics.queueJobs.collectWith(async () => {
    const rows = [];
    for (const queue of queueNames) {
      const counts = await queues.queue(queue).getJobCounts(...jobStates);
      for (const state of jobStates) rows.push({ labels: { queue, state }, value: counts[state] ?? 0 });
    }
    return rows;
  });
}
