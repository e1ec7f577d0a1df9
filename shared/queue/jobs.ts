import { z } from 'zod';
import type { QueueName } from '#shared/ground/vocabulary.ts';

const runJob = z.object({ runId: z.string() });
/**
 * Every kind of job: its queue, payload and how it is tried again. Payloads are an id and nothing else:
 * state lives in the journal, so that a job may be given to a worker twice without harm.
 * Adding one: a line here, a handler in the service that runs it (docs/adding-a-job.md).
 */
export const jobCatalogue = {
  /** The tool loop for one run; worked by `worker`. */
  run: {
    queue: 'runs',
    schema: runJob,
    // Crashes are counted by the run's own record; BullMQ must never give up on its own.
    attempts: 1_000,
    backoffMs: 1_000,
  },
  /** Shows one Discord run in Discord; worked by `ingress`. */
  reply: { queue: 'replies', schema: runJob, attempts: 1_000, backoffMs: 1_000 },
} as const satisfies Record<string, JobDefinition>;

export interface JobDefinition {
  queue: QueueName;
  schema: z.ZodType;
  attempts: number;
  backoffMs: number;
}

export type JobName = keyof typeof jobCatalogue;
export type JobPayload<N extends JobName> = z.output<(typeof jobCatalogue)[N]['schema']>;
export type JobsOf<Q extends QueueName> = {
  [N in JobName]: (typeof jobCatalogue)[N]['queue'] extends Q ? N : never;
}[JobName];
