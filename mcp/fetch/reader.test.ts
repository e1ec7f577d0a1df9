import { expect, test } from 'vitest';
import { createReader } from './reader.ts';

test('a page that takes too long is given up, and its thread replaced', async () => {
  // One millisecond is less than a thread needs to start: the first page cannot be in time.
  await using hasty = createReader(1);
  await expect(hasty.read('<p>x</p>', 'https://example.com/')).rejects.toThrow('raw=true');
  await expect(hasty.read('<p>x</p>', 'https://example.com/')).rejects.toThrow('raw=true');
});

test('pages asked for together each get their own answer', async () => {
  await using reader = createReader();
  const pages = await Promise.all(
    [1, 2, 3].map((number) => reader.read(`<p>page ${number}</p>`, 'https://example.com/')),
  );
  expect(pages.map((page) => page.markdown)).toEqual(['page 1', 'page 2', 'page 3']);
});
