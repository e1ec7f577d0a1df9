import * as chrono from 'chrono-node';
import { cronOf, nextDue, shortestGap, type Timing } from './timing.ts';
import { readRecurring } from './recurring.ts';
import { wallClock } from './zone.ts';
import { Cron } from 'croner';

/** What keeps a text from being a schedule's time. */
export type WhenProblem = 'no-time' | 'not-understood' | 'past' | 'too-often' | 'never';

export interface ReadWhen {
  timing: Timing;
  /** The first time, in milliseconds since the epoch. */
  next: number;
}

export interface WhenContext {
  /** Milliseconds since the epoch. */
  now: number;
  zone: string;
  /** The shortest time between two occurrences, in milliseconds. */
  leastGapMs: number;
  /** A language that the text may be in, besides English. */
  language?: string;
}

/**
 * Reads when something is due: a cron expression of five fields, times that come again in words ("every weekday at
 * 9:00"), or one time ("tomorrow 8am", "in 2 hours").
 */
export function readWhen(text: string, context: WhenContext): ReadWhen | WhenProblem {
  const timing = timingOf(text.trim(), context);
  if (typeof timing === 'string') return timing;
  const next = nextDue(timing, context.zone, context.now);
  if (next === undefined) return timing.kind === 'once' ? 'past' : 'never';
  const gap = shortestGap(timing, context.zone, context.now);
  return gap !== undefined && gap < context.leastGapMs ? 'too-often' : { timing, next };
}

function timingOf(text: string, context: WhenContext): Timing | WhenProblem {
  if (looksLikeCron(text)) {
    try {
      cronOf(text, context.zone);
      return { kind: 'cron', pattern: text.replaceAll(/\s+/g, ' ') };
    } catch {
      return 'not-understood';
    }
  }
  const recurring = readRecurring(text);
  if (!recurring) return readOnce(text, context);
  if ('problem' in recurring) return recurring.problem;
  if ('pattern' in recurring) return { kind: 'cron', pattern: recurring.pattern };
  return { kind: 'every', everyMs: recurring.everyMs, from: context.now };
}

function looksLikeCron(text: string): boolean {
  return /^(?:[\d*][\d*,/-]*)(?:\s+\S+){4}$/.test(text);
}

function dayOf(at: number): number {
  return Math.floor(at / 86_400_000);
}

/** One time in words. The words are read on the zone's own clock, then the clock's time is looked up. */
function readOnce(text: string, { now, zone, language = 'en' }: WhenContext): Timing | WhenProblem {
  const wall = wallClock(now, zone);
  const read = parsersOf(language).flatMap((parser) => {
    const found = parser.parse(text, { instant: new Date(wall), timezone: 0 }, { forwardDate: true });
    return found.filter((each) => !each.end && isWhole(text, each.text));
  })[0];
  if (!read) return 'not-understood';
  const shown = read.start.date().getTime();
  // Of a day that is over no time of day is asked for.
  if (!read.start.isCertain('hour')) return dayOf(shown) < dayOf(wall) ? 'past' : 'no-time';
  // "In two hours" is two hours later, also in the night in which the clocks are set.
  if (isRelative(text) && Math.abs(shown - wall) < 86_400_000) return { kind: 'once', at: now + (shown - wall) };
  const at = new Cron(new Date(shown).toISOString().slice(0, 19), { timezone: zone, paused: true }).nextRun(
    new Date(now),
  );
  return at ? { kind: 'once', at: at.getTime() } : 'past';
}

/** Nothing that was written may be left over but small words. */
function isWhole(text: string, read: string): boolean {
  const rest = text.replace(read, ' ').toLowerCase();
  return rest
    .split(/[\s,.]+/)
    .every((word) => ['', 'on', 'at', 'am', 'um', 'le', 'à', 'el', 'a', 'las', 'em', 'に'].includes(word));
}

function isRelative(text: string): boolean {
  return /^(?:in|dans|en|em|dentro de|daqui a)\s|後に?$/iu.test(text);
}

function parsersOf(language: string): { parse: typeof chrono.en.parse }[] {
  const { de, en, es, fr, ja, pt } = chrono;
  const own = { de, en, es, fr, ja, pt }[language];
  return own && own !== en ? [own, en] : [en];
}
