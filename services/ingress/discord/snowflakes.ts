// Discord's ids: their upper bits hold the time at which each was made.

/** Milliseconds since the epoch at which Discord's time begins. */
const discordEpoch = 1_420_070_400_000;

/** The smallest message id of that moment (milliseconds since the epoch). */
export function snowflakeOf(ms: number): string {
  return (BigInt(Math.max(0, ms - discordEpoch)) << 22n).toString();
}

/** Whether snowflake `a` was made after `b`. */
export function newer(a: string, b: string): boolean {
  return BigInt(a) > BigInt(b);
}

/** The id of the two that was made later. */
export function latest(a: string, b: string): string {
  return newer(a, b) ? a : b;
}

/** The id just after this one. */
export function next(id: string): string {
  return (BigInt(id) + 1n).toString();
}

/** The id just before this one. */
export function before(id: string): string {
  return (BigInt(id) - 1n).toString();
}
