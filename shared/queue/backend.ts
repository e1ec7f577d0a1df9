import { createRedisBackend, type BackendFactory, type RedisQueueBackend } from 'bullmq';
import type { Redis } from 'ioredis';
import { defineScript, of } from '#shared/redis/script.ts';

const nothingLeft = defineScript(new URL('./nothing-left.lua', import.meta.url), {
  keys: ['wait', 'prioritized', 'delayed', 'marker'],
  args: {},
  reply: of<0 | 1>(),
});

/** What BullMQ's backend answers when there is no job. */
const noJob = [null, 0, 0, 0];

/**
 * BullMQ's backend for a worker on `redis`, with fewer commands when jobs come one by one, and an earlier start. BullMQ's
 * own leaves a marker for each job that it gives out, because there may be more; so a worker that has waited asks for a
 * second job, is woken by the marker, asks a third time, and waits again. And it begins the first job only when it has
 * got all that there are. Here the second asking is answered at once with "none", so that the first job begins; meanwhile
 * the marker is taken away if nothing is left, and before the worker waits again. If something is left, the marker wakes
 * it. While a worker finds jobs without waiting, nothing is different.
 */
export function backendFor(redis: Redis): BackendFactory<RedisQueueBackend> {
  return (...input) => {
    const backend = createRedisBackend(...input);
    const waitForJob = backend.waitForJob.bind(backend);
    const moveToActive = backend.moveToActive.bind(backend);
    const keys = {
      wait: backend.toKey('wait'),
      prioritized: backend.toKey('prioritized'),
      delayed: backend.toKey('delayed'),
      marker: backend.toKey('marker'),
    };
    let hasWaited = false;
    let isLikelyLast = false;
    let looking: Promise<unknown> = Promise.resolve();
    backend.waitForJob = async (timeout) => {
      await looking;
      isLikelyLast = false;
      const found = await waitForJob(timeout);
      hasWaited = found !== null;
      return found;
    };
    backend.moveToActive = async (token, name) => {
      const wasLikelyLast = isLikelyLast;
      isLikelyLast = false;
      if (wasLikelyLast) {
        // Where it cannot be asked, the worker is woken once in vain.
        looking = nothingLeft(redis, keys, {}).catch(() => undefined);
        return noJob;
      }
      const given = await moveToActive(token, name);
      isLikelyLast = hasWaited && Boolean(given[0]);
      hasWaited = false;
      return given;
    };
    return backend;
  };
}
