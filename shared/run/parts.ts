import type { Redis } from 'ioredis';
import type { Queues } from '#shared/queue/queues.ts';

/** What every transition of a run needs. */
export interface RunParts {
  redis: Redis;
  queues: Queues;
}
