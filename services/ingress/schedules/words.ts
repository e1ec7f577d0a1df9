import type { Schedule } from '#shared/schedules/schedule.ts';
import { oneLine } from '../delivery/escape.ts';
import type { Say } from '../language/say.ts';

/** A time as Discord shows it in the reader's words and time zone. `style`: https://discord.com/developers/docs/reference#message-formatting */
export function timestamp(ms: number, style: 'F' | 'f' | 'R'): string {
  return `<t:${Math.floor(ms / 1_000)}:${style}>`;
}

/** Why a schedule does not run. */
export function pauseWords(say: Say, { why, by }: NonNullable<Schedule['paused']>): string {
  return why === 'asked' ? say('schedule.pause-asked', { name: oneLine(by, 60) }) : say(`schedule.pause-${why}`);
}

/** The line above a scheduled answer: what was asked, when it comes, for whom. */
export function headingOf(say: Say, { question, when, maker }: Schedule): string {
  const values = { question: `**${oneLine(question, 120)}**`, when: oneLine(when, 60), person: `<@${maker.id}>` };
  return say('schedule.heading', values);
}

/** What an answer says that comes late; `missed`: later times that were missed as well. */
export function lateWords(say: Say, due: number, missed: number): string {
  const values = { due: timestamp(due, 'F') };
  return missed === 0 ? say('schedule.late', values) : say('schedule.late-more', { ...values, count: missed });
}
