import { expect, test } from 'vitest';
import { readWhen } from './read-when.ts';
import { dueBetween, nextDue, type Timing } from './timing.ts';
import { zoneNamed } from './zone.ts';

const zone = 'Europe/Berlin';
/** A Friday, 22:40 in Berlin. */
const now = Date.parse('2026-11-27T21:40:00Z');

function read(text: string, language = 'en') {
  const when = readWhen(text, { now, zone, leastGapMs: 900_000, language });
  return typeof when === 'string' ? when : { ...when, next: new Date(when.next).toISOString().slice(0, 16) };
}

test.each([
  ['en', 'every weekday at 9:00', '0 9 * * 1-5', '2026-11-30T08:00'],
  ['en', '9am every day', '0 9 * * *', '2026-11-28T08:00'],
  ['en', 'every monday, wednesday and friday at 6.30 pm', '30 18 * * 1,3,5', '2026-11-30T17:30'],
  ['en', 'Mondays at noon', '0 12 * * 1', '2026-11-30T11:00'],
  ['en', 'every day at 9:00 and 17:00', '0 9,17 * * *', '2026-11-28T08:00'],
  ['en', 'every 15 minutes', '*/15 * * * *', '2026-11-27T21:45'],
  ['en', 'hourly', '0 * * * *', '2026-11-27T22:00'],
  ['en', 'every month on the 1st at 8', '0 8 1 * *', '2026-12-01T07:00'],
  ['en', '0 9 * * 1-5', '0 9 * * 1-5', '2026-11-30T08:00'],
  ['de', 'jeden Werktag um 9 Uhr', '0 9 * * 1-5', '2026-11-30T08:00'],
  ['de', 'werktags 9:30', '30 9 * * 1-5', '2026-11-30T08:30'],
  ['de', 'jeden Montag und Freitag um 18 Uhr', '0 18 * * 1,5', '2026-11-30T17:00'],
  ['de', 'alle 30 Minuten', '*/30 * * * *', '2026-11-27T22:00'],
  ['fr', 'tous les lundis à 9h30', '30 9 * * 1', '2026-11-30T08:30'],
  ['fr', 'chaque jour à 8h', '0 8 * * *', '2026-11-28T07:00'],
  ['es', 'todos los días a las 9:00', '0 9 * * *', '2026-11-28T08:00'],
  ['es', 'cada lunes a las 9', '0 9 * * 1', '2026-11-30T08:00'],
  ['pt', 'todos os dias às 9:00', '0 9 * * *', '2026-11-28T08:00'],
  ['pt', 'toda segunda-feira às 9', '0 9 * * 1', '2026-11-30T08:00'],
  ['ja', '毎日9時', '0 9 * * *', '2026-11-28T08:00'],
  ['ja', '平日の午後6時30分', '30 18 * * 1-5', '2026-11-30T17:30'],
  ['ja', '毎週月曜日9時', '0 9 * * 1', '2026-11-30T08:00'],
  ['ja', '30分ごと', '*/30 * * * *', '2026-11-27T22:00'],
])('%s: %s comes again', (language, text, pattern, next) => {
  expect(read(text, language)).toEqual({ timing: { kind: 'cron', pattern }, next });
});

test.each([
  ['en', 'tomorrow 8am', '2026-11-28T07:00'],
  ['en', 'in 2 hours', '2026-11-27T23:40'],
  ['en', 'on Dec 3 at 14:00', '2026-12-03T13:00'],
  ['en', '2027-07-01 09:00', '2027-07-01T07:00'],
  ['de', 'morgen um 8 Uhr', '2026-11-28T07:00'],
  ['de', 'in 2 Stunden', '2026-11-27T23:40'],
  ['fr', 'demain à 8h', '2026-11-28T07:00'],
  ['es', 'mañana a las 8', '2026-11-28T07:00'],
  ['pt', 'amanhã às 8', '2026-11-28T07:00'],
  ['ja', '明日8時', '2026-11-28T07:00'],
])('%s: %s comes once', (language, text, next) => {
  expect(read(text, language)).toMatchObject({ timing: { kind: 'once' }, next });
});

test.each([
  ['every weekday', 'no-time'],
  ['tomorrow', 'no-time'],
  ['whenever you like', 'not-understood'],
  ['every fortnight at 9', 'not-understood'],
  ['every day at 25:00', 'not-understood'],
  ['2020-01-01 08:00', 'past'],
  ['yesterday', 'past'],
  ['every 5 minutes', 'too-often'],
  ['* * * * *', 'too-often'],
  ['61 * * * *', 'not-understood'],
  ['0 0 31 2 *', 'never'],
])('%s is refused: %s', (text, problem) => {
  expect(read(text)).toBe(problem);
});

test('in the nights in which clocks are set, each day has its occurrence', () => {
  const daily: Timing = { kind: 'cron', pattern: '30 2 * * *' };
  const spring = nextDue(daily, zone, Date.parse('2026-03-28T12:00:00Z')) ?? 0;
  expect(new Date(spring).toISOString()).toBe('2026-03-29T01:00:00.000Z');
  const autumn = Date.parse('2026-10-24T12:00:00Z');
  expect(dueBetween(daily, zone, autumn, autumn + 86_400_000)).toBe(1);
});

test('time zones are known by their names and by their cities', () => {
  expect(['Europe/Berlin', 'new york', 'tokyo', 'utc', 'Asia/Calcutta', 'Atlantis', '+02:00'].map(zoneNamed)).toEqual([
    'Europe/Berlin',
    'America/New_York',
    'Asia/Tokyo',
    'UTC',
    'Asia/Calcutta',
    undefined,
    undefined,
  ]);
});
