import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createPacer, urgency, type Urgency } from './pacer.ts';

/** Takes turns for requests that take `requestMs`; notes when each was sent and answered. */
function take(pacer: ReturnType<typeof createPacer>, level: Urgency, count: number, requestMs = 0) {
  const times: { sent: number; answered: number }[] = [];
  const done = Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const release = await pacer.turn(level);
      const sent = performance.now();
      await sleep(requestMs + (index % 3));
      times.push({ sent, answered: performance.now() });
      release();
    }),
  );
  return { times, done };
}

test('wherever on their way Discord counts requests, no window has more than the limit', async () => {
  const pacer = createPacer({ limit: 10, windowMs: 60 });
  const { times, done } = take(pacer, urgency.sign, 35, 5);
  await done;
  for (const moment of ['sent', 'answered'] as const) {
    for (const { [moment]: from } of times) {
      const within = times.filter((time) => time[moment] >= from && time[moment] < from + 55);
      expect(within.length).toBeLessThanOrEqual(10);
    }
  }
});

test('decorations leave room: a first sign does not wait for them', async () => {
  const pacer = createPacer({ limit: 10, windowMs: 10_000 });
  const decorations = take(pacer, urgency.decoration, 50);
  const edits = take(pacer, urgency.edit, 50);
  await take(pacer, urgency.answer, 2).done;
  await take(pacer, urgency.sign, 2).done;
  await expect.poll(() => [decorations.times.length, edits.times.length]).toEqual([3, 2]);
});

test('who gives up waiting takes no turn', async () => {
  const pacer = createPacer({ limit: 1, windowMs: 20 });
  const release = await pacer.turn(urgency.sign);
  const stop = new AbortController();
  const gone = pacer.turn(urgency.sign, stop.signal);
  stop.abort(new Error('superseded'));
  await expect(gone).rejects.toThrow('superseded');
  release();
  (await pacer.turn(urgency.sign))();
});
