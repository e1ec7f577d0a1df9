import { expect, test } from 'vitest';
import { createPacer, urgency, type Urgency } from './pacer.ts';

/** Takes turns and notes in which order, and when, they came. */
function take(pacer: ReturnType<typeof createPacer>, level: Urgency, count: number, times: [Urgency, number][]) {
  return Promise.all(
    Array.from({ length: count }, async () => {
      await pacer.turn(level);
      times.push([level, performance.now()]);
    }),
  );
}

test('no window of time has more requests than the limit', async () => {
  const pacer = createPacer({ limit: 10, windowMs: 60 });
  const times: [Urgency, number][] = [];
  await take(pacer, urgency.sign, 35, times);
  for (const [, from] of times) {
    expect(times.filter(([, at]) => at >= from && at < from + 58).length).toBeLessThanOrEqual(10);
  }
});

test('decorations leave room: a first sign does not wait for them', async () => {
  const pacer = createPacer({ limit: 10, windowMs: 10_000 });
  const times: [Urgency, number][] = [];
  void take(pacer, urgency.decoration, 50, times);
  void take(pacer, urgency.edit, 50, times);
  await take(pacer, urgency.answer, 2, times);
  await take(pacer, urgency.sign, 2, times);
  expect(times.filter(([level]) => level === urgency.sign)).toHaveLength(2);
  expect(times.filter(([level]) => level === urgency.decoration)).toHaveLength(3);
  expect(times.filter(([level]) => level === urgency.edit)).toHaveLength(2);
});
