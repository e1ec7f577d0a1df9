import { keys } from '#shared/redis/keys.ts';

/** The proof that a claim gives its worker: this worker, and no other, may write to the run. */
export interface Fence {
  epoch: number;
  /** Random. After a failover that lost a claim two workers may have the same epoch, but never the same token. */
  token: string;
}

/** The fence of a run that no worker has claimed yet. */
export const unclaimed: Fence = { epoch: 0, token: '' };

/** The keys of a run itself, by the names that scripts give them. */
export function runKeys(runId: string) {
  return {
    record: keys.run(runId),
    journal: keys.journal(runId),
    once: keys.once(runId),
    results: keys.results(runId),
  };
}
