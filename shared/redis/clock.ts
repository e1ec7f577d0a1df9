/** Milliseconds since the epoch. */
export type Clock = () => number;

/**
 * Redis' time, counted on from the moment at which Redis told it. What is stored carries Redis' time; a machine's own
 * clock may be wrong, or be set right at any moment.
 */
export function clockFrom(redisTime: number): Clock {
  const since = performance.now();
  return () => Math.round(redisTime + performance.now() - since);
}
