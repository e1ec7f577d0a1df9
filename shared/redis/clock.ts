/** Milliseconds since the epoch. */
export type Clock = () => number;

/**
 * Redis' time, reckoned on from the moment at which Redis told it: what is stored carries Redis' time, and a machine's own
 * clock may be wrong, or be set right at any moment.
 */
export function clockFrom(redisTime: number): Clock {
  const since = performance.now();
  return () => Math.round(redisTime + performance.now() - since);
}
