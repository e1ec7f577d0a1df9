import { expect, test } from 'vitest';
import { lengthOf, lengthText, momentOf, spanOf, timeText } from './time.ts';

const now = 1_795_800_000;

test.each([
  ['now', now],
  ['now-1h', now - 3600],
  ['now - 1h30m', now - 5400],
  ['now+5m', now + 300],
  ['-15m', now - 900],
  ['-900', now - 900],
  ['1795800000', now],
  ['1795800000.5', now + 0.5],
  ['1795800000000', now],
  ['1795800000000000000', now],
  ['2026-11-27T17:20:00Z', now],
  ['2026-11-27T18:20:00+01:00', now],
  ['2026-11-27T18:20:00+0100', now],
  ['2026-11-27 17:20', now],
  ['2026-11-27 17:20 UTC', now],
  ['2026-11-27', 1_795_737_600],
])('%s is understood', (text, seconds) => {
  expect(momentOf(text, 'start', now)).toBe(seconds);
});

test.each([
  '',
  ' ',
  '1h',
  'yesterday',
  '2026-02-30',
  '2026-11-27T25:00Z',
  'now-1M',
  '-',
  'now-',
  'NaN',
  'Infinity',
  '-1e9',
  '1'.repeat(30),
])('"%s" is refused with the forms', (text) => {
  expect(() => momentOf(text, 'start', now)).toThrow(/^start: .* is no time .* now-1h or -15m\.$/);
});

test('lengths are read and written', () => {
  expect(['15m', '1h30m', '90', '1d', '250ms', '1.5h'].map(lengthOf)).toEqual([900, 5400, 90, 86_400, 0.25, 5400]);
  expect(['', 'm', '5 m', '-5m', '5x'].map(lengthOf)).toEqual([undefined, undefined, undefined, undefined, undefined]);
  expect([15, 90, 300, 5400, 7200, 86_400, 0.5].map(lengthText)).toEqual([
    '15s',
    '90s',
    '5m',
    '90m',
    '2h',
    '1d',
    '0.5s',
  ]);
});

test('a span ends now and lasts an hour unless it is said otherwise', () => {
  expect(spanOf({}, now)).toEqual({ start: now - 3600, end: now });
  expect(spanOf({ end: '-1h' }, now)).toEqual({ start: now - 7200, end: now - 3600 });
  expect(timeText(now)).toBe('2026-11-27T17:20:00Z');
});
