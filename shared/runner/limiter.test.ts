import { totalmem } from 'node:os';
import { expect, test } from 'vitest';
import { createLimiter, roomForCalls } from './limiter.ts';

const never = new AbortController().signal;

test('calls that take in little have room for as many as anybody wants', () => {
  expect(roomForCalls()).toBe(Infinity);
  expect(roomForCalls(65_536)).toBeGreaterThan(32);
});

test('calls that take in much run one after the other, but they run', () => {
  expect(roomForCalls(totalmem())).toBe(1);
});

test('as many wait as are told to, whatever runs at once', async () => {
  const limiter = createLimiter(1, 2);
  const { promise, resolve } = Promise.withResolvers<void>();
  const calls = [1, 2, 3].map(() => limiter.run(never, () => promise));
  await expect(limiter.run(never, () => promise)).rejects.toThrow('Too many calls are waiting');
  resolve();
  await Promise.all(calls);
});
