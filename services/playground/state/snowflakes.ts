import type { Clock } from './clock.ts';

/** 2015-01-01T00:00:00Z. The milliseconds in Discord's ids count from here. */
const EPOCH = 1_420_070_400_000n;

/** The lowest id of a millisecond; discord.js computes `createdTimestamp` from an id. */
export function snowflakeAt(ms: number, increment = 0): string {
  return (((BigInt(Math.floor(ms)) - EPOCH) << 22n) + BigInt(increment)).toString();
}

export function timestampOf(id: string): number {
  return Number((BigInt(id) >> 22n) + EPOCH);
}

export function isSnowflake(value: unknown): value is string {
  return typeof value === 'string' && /^\d{15,20}$/.test(value);
}

/** Returns a function that makes ids from the clock's time, each higher than the one before. */
export function createSnowflakes(clock: Clock): () => string {
  let last = 0n;
  return () => {
    const now = BigInt(snowflakeAt(clock.now()));
    last = now > last ? now : last + 1n;
    return last.toString();
  };
}

/** Orders ids by age, oldest first. */
export function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : Number(a > b));
}
