import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { told } from './told.ts';

beforeEach(
  () =>
    void vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'performance'] }),
);
afterEach(() => void vi.useRealTimers());

test('work that takes long says what it is, every ten seconds how it stands, and when it is done', async () => {
  const said: string[] = [];
  const end = Promise.withResolvers<void>();
  const done = told(
    (text) => said.push(text),
    'building it',
    (heard) => {
      heard('compiling');
      return end.promise;
    },
  );
  await vi.advanceTimersByTimeAsync(1_000);
  expect(said).toEqual(['building it …']);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(said.slice(1)).toEqual(['building it: 10 s, compiling', 'building it: 20 s, compiling']);
  end.resolve();
  await done;
  expect(said.at(-1)).toBe('building it: done in 21 s');
});

test('what is done at once is done without a word, and what fails is silent afterwards', async () => {
  const said: string[] = [];
  expect(
    await told(
      (text) => said.push(text),
      'looking',
      async () => 7,
    ),
  ).toBe(7);
  await expect(
    told(
      (text) => said.push(text),
      'looking',
      () => Promise.reject(new Error('none')),
    ),
  ).rejects.toThrow('none');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(said).toEqual([]);
});
