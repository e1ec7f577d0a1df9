import { expect, test } from 'vitest';
import { summaryOf } from './series.ts';

test('the average of however many of the largest numbers is the largest number', () => {
  for (let count = 1; count <= 300; count += 1) {
    const points = Array.from({ length: count }, (_, at) => [at, Number.MAX_VALUE] as const);
    const { avg, max } = summaryOf(points);
    expect(avg / max, `${count} values`).toBeCloseTo(1);
  }
});

test('an average says what is endless, and nothing of what is no number', () => {
  expect(
    summaryOf([
      [0, 1],
      [1, Infinity],
    ] as const).avg,
  ).toBe(Infinity);
  expect(
    summaryOf([
      [0, -Infinity],
      [1, Infinity],
    ] as const).avg,
  ).toBeNaN();
  expect(
    summaryOf([
      [0, Number.NaN],
      [1, 4],
    ] as const).avg,
  ).toBe(4);
});
