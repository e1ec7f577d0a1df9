import { expect, test } from 'vitest';
import { createReader } from './reader.ts';

const never = new AbortController().signal;

function page(html: string) {
  return { kind: 'markup' as const, bytes: Buffer.from(html), contentType: 'text/html', url: 'https://example.com/' };
}

test('a page that takes too long is given up, and its thread replaced', async () => {
  await using hasty = createReader({ markup: 1 });
  const long = page('<p>x</p>'.repeat(100_000));
  await expect(hasty.read(long, never)).rejects.toThrow('raw=true');
  await expect(hasty.read(long, never)).rejects.toThrow('raw=true');
});

test('a page whose reader has gone waits for no turn', async () => {
  await using reader = createReader();
  const gone = new AbortController();
  const first = reader.read(page('<p>first</p>'), never);
  const second = reader.read(page('<p>second</p>'), gone.signal);
  gone.abort(new Error('gone'));
  await expect(second).rejects.toThrow('gone');
  expect((await first).markdown).toBe('first');
});

test('pages asked for together each get their own answer', async () => {
  await using reader = createReader();
  const pages = await Promise.all([1, 2, 3].map((number) => reader.read(page(`<p>page ${number}</p>`), never)));
  expect(pages.map((page) => page.markdown)).toEqual(['page 1', 'page 2', 'page 3']);
});
