import { ToolError } from '#mcp/kit.ts';
import { shown } from '#mcp/words.ts';

/** Seconds of each unit of a length of time, as Prometheus writes them. */
const UNITS: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, y: 31_536_000 };

const PART = /(\d+(?:\.\d+)?)(ms|[smhdwy])/g;
const LENGTH = new RegExp(`^(?:${PART.source})+$`);

/** A length such as 15m or 1h30m, or a number of seconds, in seconds. Undefined for anything else. */
export function lengthOf(text: string): number | undefined {
  // M is a month in Grafana, of which nobody would think that it is a minute.
  const clean = /\dM/.test(text) ? text : text.trim().toLowerCase();
  if (/^\d+(?:\.\d+)?$/.test(clean)) return Number(clean);
  if (!LENGTH.test(clean)) return undefined;
  let seconds = 0;
  for (const [, count, unit] of clean.matchAll(PART)) seconds += Number(count) * UNITS[unit!]!;
  return seconds;
}

/** Years 1970 to 9999: later ones are mistakes, and no date can hold them. */
const LAST = 253_402_300_799;

/**
 * A moment as models write it, in seconds since 1970: RFC 3339, without a zone taken as UTC; unix seconds, milliseconds
 * or nanoseconds; now, now-1h, -15m. Throws ToolError with the forms for anything else.
 */
export function momentOf(text: string, argument: string, now: number): number {
  const clean = text.trim();
  const seconds = relative(clean, now) ?? unix(clean) ?? date(clean);
  if (seconds !== undefined && seconds >= 0 && seconds <= LAST) return seconds;
  throw new ToolError(
    `${argument}: ${shown(text)} is no time that is understood here. Write 2026-11-27T10:00:00Z, unix seconds, now-1h or -15m.`,
  );
}

function relative(text: string, now: number): number | undefined {
  const [, sign, length] = /^(?:now)?\s*(?:([+-])\s*(\S+))?$/i.exec(text) ?? [];
  if (sign === undefined) return /^now$/i.test(text) ? now : undefined;
  const seconds = lengthOf(length ?? '');
  // "-900" could be a length or a time before 1970; the latter is of no use.
  return seconds === undefined ? undefined : now + (sign === '-' ? -seconds : seconds);
}

function unix(text: string): number | undefined {
  if (!/^\d{1,19}(?:\.\d{1,9})?$/.test(text)) return undefined;
  const value = Number(text);
  const whole = text.split('.')[0]!.length;
  return whole > 17 ? value / 1e9 : whole > 14 ? value / 1e6 : whole > 11 ? value / 1e3 : value;
}

/** RFC 3339, also with a space for the T, without seconds, or without a time. */
const DATE = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)\s*(Z|UTC|[+-]\d\d:?\d\d)?)?$/i;

function date(text: string): number | undefined {
  const [all, day, time = '00:00', zone = 'Z'] = DATE.exec(text) ?? [];
  if (all === undefined) return undefined;
  const offset = /^(?:z|utc)$/i.test(zone) ? 'Z' : zone.replace(/^([+-]\d\d):?(\d\d)$/, '$1:$2');
  const milliseconds = Date.parse(`${day}T${time}${offset}`);
  return Number.isNaN(milliseconds) || !isDay(day!) ? undefined : milliseconds / 1000;
}

/** Date.parse takes February 30 for March. */
function isDay(day: string): boolean {
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}

export interface Span {
  start: number;
  end: number;
}

/**
 * The span of a call: `end` is now and `start` an hour before it, unless they are given. Throws ToolError for one that
 * ends before it begins.
 */
export function spanOf(
  args: { start?: string | undefined; end?: string | undefined },
  now: number,
  usual = 3600,
): Span {
  const end = args.end === undefined ? now : momentOf(args.end, 'end', now);
  const start = args.start === undefined ? end - usual : momentOf(args.start, 'start', now);
  if (start >= end) throw new ToolError('start must be before end. Give an earlier start, or a later end.');
  return { start: Math.max(0, start), end };
}

/** Seconds since 1970 as RFC 3339, without parts of a second where there are none. */
export function timeText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

/** A length in the largest unit that it is a whole number of. */
export function lengthText(seconds: number): string {
  for (const [unit, length] of [
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
  ] as const)
    if (seconds >= length && seconds % length === 0) return `${seconds / length}${unit}`;
  return `${Number(seconds.toFixed(3))}s`;
}
