import { DelayedError, Queue, Worker, type Job } from 'bullmq';
import type { Redis } from 'ioredis';
import { within } from './deadline.ts';
import { errorText } from './errors.ts';
import {
  jobCatalogue,
  jobStates,
  queueNames,
  type JobDefinition,
  type JobName,
  type JobPayload,
  type JobsOf,
  type QueueName,
} from './jobs.ts';
import { prefix } from './keys.ts';
import { createLogger } from './log.ts';
import { metrics } from './metrics.ts';
import { showPresence } from './presence.ts';
import { connectRedis } from './redis.ts';

const log = createLogger('queues');

/**
 * How long a worker that does not answer keeps its job, and how often dead ones are looked for, in milliseconds.
 * Well below BullMQ's 30 s / 30 s: the run of a worker that is cut off goes on within about 15 s: the lock, and up to three
 * checks, for a job must be seen twice and workers share the checks. Far above a busy event loop's pauses. Of a worker whose
 * process has died the lock is taken away sooner (`services/worker/jobs/lost-workers.ts`).
 * A job that is started twice all the same is fenced by its run's epoch.
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
  /** The BullMQ queue itself, for listings and counts. */
  queue(name: QueueName): Queue;
  /** Installs the schedules of the catalogue; safe to call from every worker. */
  schedule(): Promise<void>;
}

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
    async schedule() {
      for (const [name, definition] of Object.entries<JobDefinition>(jobCatalogue)) {
        if (definition.everyMs === undefined) continue;
        await queue(definition.queue).upsertJobScheduler(
          name,
          { every: definition.everyMs },
          { name, data: {}, opts: jobOptions(definition) },
        );
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...queues.values()].map((each) => each.close()));
    },
  };
}

/** How long jobs that failed for good are kept, in milliseconds. Their runs are kept apart from them. */
export const keepFailedJobsMs = 7 * 24 * 3_600_000;

function jobOptions(definition: JobDefinition) {
  return {
    attempts: definition.attempts,
    backoff: { type: 'exponential', delay: definition.backoffMs, jitter: 0.5 },
    removeOnComplete: true,
    removeOnFail: { age: keepFailedJobsMs / 1_000, count: 10_000 },
  };
}

/** What a handler gets besides the payload. */
export interface JobContext {
  jobId: string;
  /** 1 on the first try. */
  attempt: number;
  /** Aborts when this process is told to stop taking work and its grace time has passed. */
  signal: AbortSignal;
}

/** Thrown by a handler that cannot finish: its job goes back to the queue, for another worker to take at once. */
export class HandedOver extends Error {}

export type Handlers<Q extends QueueName> = {
  [N in JobsOf<Q>]: (payload: JobPayload<N>, context: JobContext) => Promise<void>;
};

export interface QueueWorker extends AsyncDisposable {
  /** Stops taking jobs and waits for those under way. */
  pause(): Promise<void>;
}

export interface WorkerOptions {
  redisUrl: string;
  concurrency: number;
  /** Milliseconds that jobs under way get at shutdown before their signal aborts. */
  graceMs?: number;
}

/**
 * The one place that makes workers: a missing handler does not compile, a malformed job is refused and logged. Waits for
 * Redis; rejects when a connection breaks while it is made ready.
 */
export async function createWorker<Q extends QueueName>(
  name: Q,
  handlers: Handlers<Q>,
  options: WorkerOptions,
): Promise<QueueWorker> {
  const connection = connectRedis(options.redisUrl, `worker-${name}`);
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
  const worker = new Worker(name, work, {
    connection,
    prefix,
    concurrency: options.concurrency,
    lockDuration: lockMs,
    stalledInterval: stalledCheckMs,
    // When Redis is back, jobs are taken again at once, not after BullMQ's 15 s.
    runRetryDelay: 500,
    // BullMQ's default fails a job whose worker died twice; the run's own record counts attempts instead.
    maxStalledCount: 1_000_000,
    skipVersionCheck: true,
    autorun: false,
  });
  worker.on('failed', (job, error) => reportFailure(name, job, error));
  worker.on('error', (error) => log.warn({ queue: name, error: error.message }, 'worker error'));
  let presence: AsyncDisposable;
  try {
    // A connection that breaks while BullMQ prepares it stays broken, and its main loop then asks it again and again
    // without a pause, which starves the whole process. So it starts only on connections that are ready.
    await worker.waitUntilReady();
    presence = await showPresence(options.redisUrl, connection, worker.id);
  } catch (error) {
    void worker.close(true).catch(() => undefined);
    connection.disconnect();
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
      // With Redis away BullMQ may wait for ever; what it holds then is taken over by another worker anyway.
      const closed = await within(worker.close(), active > 0 ? graceMs + closeMs : closeMs);
      clearTimeout(timer);
      if (!closed) {
        log.warn({ queue: name }, 'the queue could not be closed in order');
        void worker.close(true).catch(() => undefined);
      }
      await presence[Symbol.asyncDispose]();
      connection.disconnect();
    },
  };
}

/** Milliseconds that closing may take beyond the jobs' grace time. */
const closeMs = 4_000;

type HandlerTable = Record<string, ((payload: never, context: JobContext) => Promise<void>) | undefined>;

async function handle(handlers: HandlerTable, job: Job, token: string | undefined, signal: AbortSignal): Promise<void> {
  const name = job.name as JobName;
  const definition: JobDefinition | undefined = jobCatalogue[name];
  const handler = handlers[name];
  if (!definition || !handler) throw new Error(`no handler for job ${job.name}`);
  const payload = definition.schema.parse(job.data) as never;
  try {
    await handler(payload, { jobId: job.id ?? '', attempt: job.attemptsMade + 1, signal });
  } catch (error) {
    if (!(error instanceof HandedOver)) throw error;
    // Not moveToWait: BullMQ 6.7 wakes no idle worker there for a job with a priority.
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
