import { expect, test } from 'vitest';
import { readMoments } from './moments.ts';
import { readNumbers, writeNumber } from './numbers.ts';
import { speak } from '#services/ingress/language/say.ts';
import { chartOf } from './series.ts';

test.each<[string[], number[] | undefined]>([
  [
    ['1', '-2', '3.5'],
    [1, -2, 3.5],
  ],
  [
    ['1,200', '12,000,000'],
    [1_200, 12_000_000],
  ],
  [
    ['1.200,50 €', '3,00 €'],
    [1_200.5, 3],
  ],
  [
    ['$1,200.50', '$3'],
    [1_200.5, 3],
  ],
  [
    ['12 %', '3.5 %'],
    [12, 3.5],
  ],
  [
    ['1.200.300', '4'],
    [1_200_300, 4],
  ],
  [
    ['3,5', '4'],
    [3.5, 4],
  ],
  [['12 ms', '3 s'], undefined],
  [['1.200,50', '1,200.50'], undefined],
  [['12', 'n/a'], undefined],
  [['2026-01-02', '2026-01-03'], undefined],
  [
    ['+49 30 1234', '+49 40 99'],
    [4_930_123_4, 494_099],
  ],
])('%j are the numbers %j', (cells, values) => {
  expect(readNumbers(cells)?.values).toEqual(values);
});

test('numbers of an axis are written as those of the table', () => {
  const euro = readNumbers(['1.200,50 €', '3,00 €'])!;
  expect(writeNumber(1_234.567, euro, 1_000)).toBe('1.235 €');
  expect(writeNumber(0.1234, euro, 0.5)).toBe('0,123 €');
  expect(writeNumber(12.5, readNumbers(['$1', '$2'])!, 20)).toBe('$12.5');
});

test.each([
  [['2026-01-02', '2026-01-03']],
  [['2026-01-02 10:00', '2026-01-02 11:00']],
  [['2026-01-02T10:00:00Z', '2026-01-02T10:00:01Z']],
  [['2026-01', '2026-02']],
  [['2025', '2026']],
  [['2026-Q1', '2026-Q2']],
  [['2026-W09', '2026-W10']],
  [['Jan 2026', 'Feb 2026']],
  [['31 December 2025', '1 January 2026']],
  [['December 31, 2025', 'January 1, 2026']],
  [['31.12.2025', '01.01.2026']],
  [['09:00', '10:00']],
])('%j are moments', (cells) => {
  const [first, second] = readMoments(cells) ?? [];
  expect(second! - first!).toBeGreaterThan(0);
});

test.each([[['01/02/2026', '02/02/2026']], [['2026-01', 'Feb 2026']], [['Foo 2026', 'Bar 2026']], [['10', '11']]])(
  '%j may mean several things, or none',
  (cells) => {
    expect(readMoments(cells)).toBeUndefined();
  },
);

const days = ['2026-01-01', '2026-01-02', '2026-01-03', '2026-01-04', '2026-01-05'];

test('a chart is made of series, and of nothing else', () => {
  const chart = (header: string[], rows: string[][]) => chartOf(speak('en'), { header, rows });
  expect(
    chart(
      ['day', 'sum'],
      days.map((day, at) => [day, `${at}`]),
    ),
  ).toBeDefined();
  expect(
    chart(
      ['day', 'sum'],
      days.toReversed().map((day, at) => [day, `${at} €`]),
    ),
  ).toBeDefined();
  expect(
    chart(
      ['n', 'sum'],
      ['1', '2', '3', '4', '5'].map((n) => [n, `${n}0`]),
    ),
  ).toBeDefined();
  expect(
    chart(
      ['day', 'sum'],
      days.slice(0, 4).map((day, at) => [day, `${at}`]),
    ),
  ).toBeUndefined();
  expect(
    chart(
      ['day', 'sum'],
      days.map((_, at) => [days[(at * 2) % 5]!, `${at}`]),
    ),
  ).toBeUndefined();
  expect(
    chart(
      ['day', 'name'],
      days.map((day) => [day, 'x']),
    ),
  ).toBeUndefined();
  expect(
    chart(
      ['city', 'sum'],
      ['A', 'B', 'C', 'D', 'E'].map((city, at) => [city, `${at}`]),
    ),
  ).toBeUndefined();
});
