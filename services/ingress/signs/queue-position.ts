import type { Redis } from 'ioredis';
import { keys } from '#shared/keys.ts';
import type { Queues } from '#shared/queues.ts';
import type { RunRequest } from '#shared/run.ts';

/** Tells a waiting person where their question stands. */
export interface QueuePosition {
  /** One line; undefined when the run is not waiting in a line. */
  describe(request: RunRequest): Promise<string | undefined>;
  /** Counts a run that has ended, from which the rough wait is reckoned. */
  ended(): void;
}

const windowMs = 60_000;

export function createQueuePosition(redis: Redis, queues: Queues): QueuePosition {
  let endings: number[] = [];

  /** Runs that end in a second, by what this ingress has seen in the last minute. */
  function rate(): number {
    const now = Date.now();
    endings = endings.filter((at) => now - at < windowMs);
    const [first] = endings;
    return first === undefined || endings.length < 3 ? 0 : endings.length / Math.max(1, (now - first) / 1_000);
  }

  return {
    async describe(request) {
      const line = await redis.lpos(keys.line(request.conversation), request.id);
      if (line !== null && line > 0) {
        const before = line === 1 ? 'one question' : `${line} questions`;
        return `⏳ Queued: ${before} of this conversation come first.`;
      }
      const queue = queues.queue('runs');
      const rank = await redis.zrank(queue.toKey('prioritized'), request.id);
      if (rank === null) return undefined;
      const position = rank + 1 + (await queue.getWaitingCount());
      const perSecond = rate();
      const wait = perSecond > 0 ? `, about ${roughly(position / perSecond)}` : '';
      return `⏳ Queued: position ${position}${wait}`;
    },
    ended() {
      endings.push(Date.now());
    },
  };
}

function roughly(seconds: number): string {
  if (seconds < 60) return `${Math.max(5, Math.ceil(seconds / 5) * 5)} s`;
  return `${Math.ceil(seconds / 60)} min`;
}
