import { z } from 'zod';
import { timingSchema } from './timing.ts';

/** Why a schedule does not run: somebody asked, or what it needs is gone. */
export const pauseReasons = ['asked', 'left', 'no-access', 'not-here', 'not-chosen', 'no-place'] as const;
export type PauseReason = (typeof pauseReasons)[number];

/** A question that is asked again and again, or once, for the person who made it. Times: milliseconds since the epoch. */
export const scheduleSchema = z.object({
  id: z.string(),
  maker: z.object({ id: z.string(), name: z.string() }),
  /** Absent in direct messages. */
  guild: z.string().optional(),
  channel: z.string(),
  question: z.string(),
  /** When it is due, in its maker's words. */
  when: z.string(),
  timing: timingSchema,
  /** IANA name of the time zone. */
  zone: z.string(),
  createdAt: z.number(),
  /** The occurrence that comes next; absent while it is paused. */
  next: z.number().optional(),
  paused: z.object({ why: z.enum(pauseReasons), by: z.string(), at: z.number() }).optional(),
  /** The last occurrence that was asked. */
  last: z.object({ due: z.number(), run: z.string() }).optional(),
  /** The last occurrence that was left out because the maker's budget was used up. */
  unpaid: z.number().optional(),
});
export type Schedule = z.output<typeof scheduleSchema>;

/** The server, or the channel of direct messages, whose schedules are counted together. */
export function placeOf({ guild, channel }: Pick<Schedule, 'guild' | 'channel'>): string {
  return guild ?? `dm:${channel}`;
}

/** The run of an occurrence. The same occurrence never makes two runs. */
export function occurrenceId({ id }: Pick<Schedule, 'id'>, due: number): string {
  return `schedule-${id}-${due}`;
}
