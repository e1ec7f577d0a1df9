import type { Queues } from '#shared/queue/queues.ts';

export interface Held {
  runId: string;
  epoch: number;
}

/** The queue `runs` as lists in memory. A job waits, or a worker holds it until it is done. */
export interface PlayedQueue {
  queues: Queues;
  /** Runs whose jobs wait, by job id. */
  waiting: Map<string, string>;
  /** Runs whose jobs a worker holds, with the epoch that it got, by job id. */
  held: Map<string, Held>;
}

export function createPlayedQueue(): PlayedQueue {
  const waiting = new Map<string, string>();
  const held = new Map<string, Held>();
  const queues = {
    add(name: string, { runId }: { runId: string }, { jobId = runId }: { jobId?: string } = {}) {
      if (name !== 'run') return Promise.resolve();
      // As in BullMQ, a job id is taken as long as its job is kept.
      if (!waiting.has(jobId) && !held.has(jobId)) waiting.set(jobId, runId);
      return Promise.resolve();
    },
    standing(name: string, jobIds: string[]) {
      const jobId = jobIds.find((each) => waiting.has(each) || held.has(each));
      return Promise.resolve(name === 'runs' && jobId !== undefined ? { jobId, failed: false } : undefined);
    },
    lastWaiting: () => Promise.resolve([]),
  };
  return { queues: queues as unknown as Queues, waiting, held };
}
