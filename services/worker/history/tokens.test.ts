import { expect, test } from 'vitest';
import { countTokens } from './tokens.ts';

// An encoding takes a time that grows with the square of a piece without a break: 200,000 letters took half a minute,
// in which a worker did nothing else and lost its runs.
test.each([
  ['letters', 'a'],
  ['ideographs', '漢字仮名'],
  ['signs', '-='],
  ['spaces', ' '],
  ['line breaks', '\n'],
])('a text of nothing but %s is counted soon, and about as its parts are', async (_, piece) => {
  const part = piece.repeat(1_000 / piece.length);
  const tokens = await countTokens(part);
  const started = performance.now();
  const all = await countTokens(part.repeat(200));
  expect(performance.now() - started).toBeLessThan(5_000);
  expect(all / (tokens * 200)).toBeGreaterThan(0.5);
  expect(all / (tokens * 200)).toBeLessThan(1.5);
});

test('texts with breaks are counted as they are', async () => {
  const text = 'Hello world, this is a text. '.repeat(500);
  const { countTokens: count } = await import('gpt-tokenizer');
  expect(await countTokens(text)).toBe(4 + count(text));
});
