import { expect, test } from 'vitest';
import { rankByWords } from './words.ts';

test('while many texts are searched, others get their turn', async () => {
  const texts = Array.from({ length: 1_000 }, (_, n) => `note ${n} ${'about tea '.repeat(20)}`);
  const ranking = rankByWords('tea', texts);
  let turns = 0;
  let over = false;
  const other = (): void => {
    turns += 1;
    if (!over) setImmediate(other);
  };
  setImmediate(other);
  expect(await ranking).toHaveLength(1_000);
  over = true;
  expect(turns).toBeGreaterThanOrEqual(5);
});

test('a rare word counts more than a common one, and a word of few letters is no part of another', async () => {
  const texts = ['tea on Monday', 'the kettle', 'tea with the kettle', 'steam', 'tea'];
  expect((await rankByWords('tea kettle', texts)).map(({ index }) => index)).toEqual([2, 1, 4, 0]);
});
