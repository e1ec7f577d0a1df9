import { expect, test } from 'vitest';
import { untilReady } from './readiness.ts';

test('a process that is stopped before it is ready is waited for no longer', async () => {
  let stopped = false;
  // Nobody listens there.
  const waiting = untilReady(() => ({ metrics: 'http://127.0.0.1:9/metrics' }), {
    name: 'worker',
    deadline: Date.now() + 60_000,
    failingMs: 60_000,
    stopped: () => stopped,
  });
  stopped = true;
  await expect(waiting).rejects.toThrow('worker was stopped before it was ready.');
});

test('what is waited for is told whenever it was looked at', async () => {
  const told: string[] = [];
  const waiting = untilReady(() => ({ metrics: 'http://127.0.0.1:9/metrics' }), {
    name: 'worker',
    deadline: Date.now() + 60_000,
    failingMs: 0,
    stopped: () => false,
    waiting: (why) => told.push(why),
  });
  await expect(waiting).rejects.toThrow('worker is not ready: /readyz: no answer');
  expect(told).toEqual(['/readyz: no answer']);
});
