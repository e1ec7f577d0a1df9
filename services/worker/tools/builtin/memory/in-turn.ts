import type { Redis } from 'ioredis';

const last = new WeakMap<Redis, Promise<unknown>>();

/**
 * Does what holds all memories of somebody after the work before it on this connection has ended: many at once would
 * fill the worker's memory. Rejects with the signal's reason when it aborts before its turn.
 */
export function inTurn<T>(redis: Redis, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const mine = (last.get(redis) ?? Promise.resolve()).then(() => {
    signal.throwIfAborted();
    return work();
  });
  const over = (): void => undefined;
  last.set(redis, mine.then(over, over));
  return mine;
}
