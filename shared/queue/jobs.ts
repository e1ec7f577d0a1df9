import { z } from 'zod';
import type { QueueName } from '#shared/ground/vocabulary.ts';

const runJob = z.object({ runId: z.string() });
/**
 * Every kind of job: its queue, its payload and how it is tried again. A payload is an id and nothing else: state lives
 * in the journal, so that a job may be given to a worker twice without harm. To add one: a line here, a handler in the
 * service that runs it (docs/adding-a-job.md).
 */
export const jobCatalogue = {
  /** The tool loop for one run; worked by `worker`. */
  run: {
    queue: 'runs',
    schema: runJob,
    // The run's own record counts crashes; BullMQ must never give up by itself.
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
