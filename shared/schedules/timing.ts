import { Cron } from 'croner';
import { z } from 'zod';

/** When a schedule is due; times are in milliseconds since the epoch. */
export const timingSchema = z.discriminatedUnion('kind', [
  /** Once. */
  z.object({ kind: z.literal('once'), at: z.number() }),
  /** By a cron expression of five fields, in the schedule's time zone. */
  z.object({ kind: z.literal('cron'), pattern: z.string() }),
  /** Every so many milliseconds, counted from `from`. */
  z.object({ kind: z.literal('every'), everyMs: z.number().positive(), from: z.number() }),
]);
export type Timing = z.output<typeof timingSchema>;

/** The first time after `after` at which it is due; undefined when there is none. */
export function nextDue(timing: Timing, zone: string, after: number): number | undefined {
  switch (timing.kind) {
    case 'once':
      return timing.at > after ? timing.at : undefined;
    case 'every':
      return timing.from + (Math.floor(Math.max(0, after - timing.from) / timing.everyMs) + 1) * timing.everyMs;
    case 'cron':
      return cronOf(timing.pattern, zone).nextRun(new Date(after))?.getTime();
  }
}

/** How many times it was due after `after` and until `until`, up to `most`. */
export function dueBetween(timing: Timing, zone: string, after: number, until: number, most = 100): number {
  let count = 0;
  for (let at = nextDue(timing, zone, after); at !== undefined && at <= until && count < most; count += 1) {
    at = nextDue(timing, zone, at);
  }
  return count;
}

/** The shortest time between two of the next occurrences; undefined when there is only one. */
export function shortestGap(timing: Timing, zone: string, after: number): number | undefined {
  if (timing.kind === 'once') return undefined;
  if (timing.kind === 'every') return timing.everyMs;
  let shortest: number | undefined;
  let last = nextDue(timing, zone, after);
  for (let looked = 0; looked < gapsLookedAt && last !== undefined; looked += 1) {
    const next = nextDue(timing, zone, last);
    if (next !== undefined) shortest = Math.min(shortest ?? Number.POSITIVE_INFINITY, next - last);
    last = next;
  }
  return shortest;
}

const gapsLookedAt = 100;

/** Throws when it is no cron expression of five fields, or one that never comes. */
export function cronOf(pattern: string, zone: string): Cron {
  return new Cron(pattern, { timezone: zone, mode: '5-part', paused: true });
}
