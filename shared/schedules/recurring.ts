import { inEnglish } from './words.ts';

/** What a text says about times that come again. */
export type Recurring = { pattern: string } | { everyMs: number } | { problem: 'no-time' | 'not-understood' };

const unitMs: Record<string, number> = { minutes: 60_000, hours: 3_600_000, days: 86_400_000, weeks: 604_800_000 };

/**
 * Reads "every weekday at 9:00", "mondays and fridays 18h", "every 15 minutes", "every month on the 1st at noon", in
 * any of the bot's languages. Undefined for a text that does not speak of times that come again.
 */
export function readRecurring(text: string): Recurring | undefined {
  const known = inEnglish(text);
  const often = /^every (?:(\d{1,4}) )?(minutes|hours|days|weeks)$/.exec(known);
  if (often) return atIntervals(Number(often[1] ?? 1), often[2] ?? '', often[1] !== undefined);
  const isRepeated = /\bevery\b|\bmonthly\b/.test(known) || /\bd\d\b.*\bd\d\b/.test(known) || namesDayAsHabit(text);
  if (!isRepeated) return undefined;
  const monthDays: string[] = [];
  const withoutDays = known.replaceAll(monthDay, (_, day: string) => (monthDays.push(day), ' '));
  const times: (Clock | undefined)[] = [];
  const rest = withoutDays.replaceAll(clockTime, (_, ...[hours, minutes, half]: (string | undefined)[]) => {
    times.push(readClock(Number(hours), Number(minutes ?? 0), half));
    return ' ';
  });
  const days = daysOf(rest, monthDays);
  return days === undefined ? { problem: 'not-understood' } : clockPattern(times, days);
}

/** "Mondays", "montags": the plural alone says that it comes again. */
function namesDayAsHabit(text: string): boolean {
  return /\b(?:mon|tues|wednes|thurs|fri|satur|sun)days\b|\b(?:montags|dienstags|mittwochs|donnerstags|freitags|samstags|sonntags)\b|\bl(?:os|es) /iu.test(
    text,
  );
}

/** Whole parts of an hour or a day fall on the clock's own marks; others are counted from now. */
function atIntervals(count: number, unit: string, isCounted: boolean): Recurring {
  if (count < 1) return { problem: 'not-understood' };
  if (unit === 'minutes' && 60 % count === 0) return { pattern: count === 1 ? '* * * * *' : `*/${count} * * * *` };
  if (unit === 'hours' && 24 % count === 0) return { pattern: count === 1 ? '0 * * * *' : `0 */${count} * * *` };
  if (!isCounted) return { problem: 'no-time' };
  return { everyMs: count * (unitMs[unit] ?? 0) };
}

interface Clock {
  hour: number;
  minute: number;
}

const monthDay = /\bon (?:the )?(\d{1,2})(?:st|nd|rd|th|º|er|\.)?(?! ?(?:am|pm|h)\b)(?![\d:])/gu;
const clockTime = /(?:\bat )?(?<![\p{L}\d])(\d{1,2})(?:[:.h](\d{2}))? ?(am|pm|h)?(?![\p{L}\d])/gu;

function readClock(hours: number, minute: number, half: string | undefined): Clock | undefined {
  const twelve = half === 'am' || half === 'pm';
  if (twelve && (hours < 1 || hours > 12)) return undefined;
  const hour = twelve ? (hours % 12) + (half === 'pm' ? 12 : 0) : hours;
  return hour > 23 || minute > 59 ? undefined : { hour, minute };
}

/** The last three fields of a cron expression; undefined when a word is unknown, or no day is named. */
function daysOf(rest: string, monthDays: string[]): string | undefined {
  const words = rest.split(/[\s,]+/).filter(Boolean);
  const named = words.filter((word) => /^d\d$/.test(word)).map((word) => word.slice(1));
  const allowed = new Set([
    'every',
    'and',
    'on',
    'at',
    'the',
    'weekday',
    'weekend',
    'days',
    'weeks',
    'month',
    'monthly',
  ]);
  if (words.some((word) => !allowed.has(word) && !/^d\d$/.test(word))) return undefined;
  if (words.includes('month') || words.includes('monthly')) {
    const valid = monthDays.length > 0 && monthDays.every((day) => Number(day) >= 1 && Number(day) <= 31);
    return valid && named.length === 0 ? `${monthDays.join(',')} * *` : undefined;
  }
  if (monthDays.length > 0) return undefined;
  if (words.includes('weekday')) return '* * 1-5';
  if (words.includes('weekend')) return '* * 0,6';
  if (named.length > 0) return `* * ${named.join(',')}`;
  return words.includes('days') ? '* * *' : undefined;
}

/** Several times of a day must be at the same minute, as one cron expression says it. */
function clockPattern(times: (Clock | undefined)[], days: string): Recurring {
  const [first] = times;
  if (times.length === 0) return { problem: 'no-time' };
  if (first === undefined || times.some((time) => time?.minute !== first.minute)) return { problem: 'not-understood' };
  return { pattern: `${first.minute} ${times.map((time) => time?.hour).join(',')} ${days}` };
}
