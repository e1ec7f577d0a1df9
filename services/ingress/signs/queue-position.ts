import type { Redis } from 'ioredis';
import { keys } from '#shared/redis/keys.ts';
import type { Queues } from '#shared/queue/queues.ts';
import { callerKey, type RunRequest } from '#shared/run/request.ts';
import type { Say } from '../language/say.ts';

/** Tells a waiting person how far their question is in the queue. */
export interface QueuePosition {
  /** One line; undefined when the run is not waiting in a line. */
  describe(request: RunRequest, say: Say): Promise<string | undefined>;
  /** Whether the run waits for one of the same person in its conversation. */
  isBehindOwn(request: RunRequest): Promise<boolean>;
  /** How many questions wait and are worked on, and how long a new one would wait: words, if that can be estimated. */
  depth(): Promise<{ waiting: number; active: number; wait: string | undefined }>;
  /** Counts a run that has ended; the rough wait is computed from these. */
  ended(): void;
}

const windowMs = 60_000;

/** `redis` must fail fast, because people wait for what this says. */
export function createQueuePosition(redis: Redis, queues: Queues): QueuePosition {
  let endings: number[] = [];

  /** Runs that end per second, by what this ingress has seen in the last minute. */
  function rate(): number {
    const now = Date.now();
    endings = endings.filter((at) => now - at < windowMs);
    const [first] = endings;
    return first === undefined || endings.length < 3 ? 0 : endings.length / Math.max(1, (now - first) / 1_000);
  }

  function waitFor(position: number): string | undefined {
    const perSecond = rate();
    return perSecond > 0 ? roughly(position / perSecond) : undefined;
  }

  return {
    async describe(request, say) {
      const line = await redis.lpos(keys.line(request.conversation), request.id);
      if (line !== null && line > 0) {
        return say('queue.behind', { count: line });
      }
      const queue = queues.queue('runs');
      const rank = await redis.zrank(queue.toKey('prioritized'), request.id);
      if (rank === null) return undefined;
      const position = rank + 1 + (await queue.getWaitingCount());
      const wait = waitFor(position);
      return wait === undefined ? say('queue.position', { position }) : say('queue.position-wait', { position, wait });
    },
    async isBehindOwn({ id, conversation, caller }) {
      const head = await redis.lindex(keys.line(conversation), 0);
      return head !== null && head !== id && (await redis.sismember(keys.inflight(callerKey(caller)), head)) === 1;
    },
    async depth() {
      const counts = await queues.queue('runs').getJobCounts('waiting', 'prioritized', 'active');
      const waiting = (counts['waiting'] ?? 0) + (counts['prioritized'] ?? 0);
      return { waiting, active: counts['active'] ?? 0, wait: waiting > 0 ? waitFor(waiting) : undefined };
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
