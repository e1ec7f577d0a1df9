import { getEventListeners, once } from 'node:events';
import { expect, test } from 'vitest';
import { startDeadline } from './deadline.ts';

test('it ends with the outer signal and its reason', () => {
  const outer = new AbortController();
  using deadline = startDeadline(outer.signal, 60_000);
  const reason = new Error('stopped');
  outer.abort(reason);
  expect(deadline.signal.reason).toBe(reason);
  expect(deadline.passed).toBe(false);
});

test('it is over at once when the outer signal has aborted before', () => {
  using deadline = startDeadline(AbortSignal.abort(new Error('gone')), 60_000);
  expect(deadline.signal.aborted).toBe(true);
  expect(deadline.passed).toBe(false);
});

test('it ends by itself, and then not with the outer signal', async () => {
  const outer = new AbortController();
  using deadline = startDeadline(outer.signal, 5);
  await once(deadline.signal, 'abort');
  expect(deadline.passed).toBe(true);
  expect(deadline.signal.reason).toMatchObject({ name: 'TimeoutError' });
  outer.abort(new Error('later'));
  expect(deadline.signal.reason).toMatchObject({ name: 'TimeoutError' });
});

test('it leaves nothing behind once disposed', () => {
  const outer = new AbortController();
  const deadline = startDeadline(outer.signal, 60_000);
  deadline[Symbol.dispose]();
  expect(getEventListeners(outer.signal, 'abort')).toEqual([]);
  outer.abort();
  expect(deadline.signal.aborted).toBe(false);
});
