import type { Redis } from 'ioredis';
import { keys } from './keys.ts';

/** Matter of the moment: what is being written or done now. The journal holds what counts. */
export type LiveEvent =
  | { type: 'text'; epoch: number; step: number; text: string }
  | { type: 'tool-progress'; epoch: number; step: number; call: number; message: string };

/** Enough for a follower that reconnects within seconds; the full text comes with the journal entry. */
const maxEvents = 2_000;
const keepMs = 600_000;

/** Appends a live event; failures are the caller's to ignore, for nothing depends on it. */
export async function publishLive(redis: Redis, runId: string, event: LiveEvent): Promise<void> {
  const key = keys.live(runId);
  await redis
    .pipeline()
    .xadd(key, 'MAXLEN', '~', maxEvents, '*', 'e', JSON.stringify(event))
    .pexpire(key, keepMs)
    .exec();
}
