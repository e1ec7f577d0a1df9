import { expect, it } from 'vitest';
import { createLineReader } from './lines.ts';
import { unreadable } from './readable.ts';

const answer = (id: number, text: string) => JSON.stringify({ jsonrpc: '2.0', id, result: { text } });
const idLast = (id: number, text: string) => JSON.stringify({ result: { text }, jsonrpc: '2.0', id });

/** What a reader gets of a text that arrives in parts of so many bytes: the ids, and `unreadable` for what stands for an answer. */
function read(text: string, bytes: number): unknown[] {
  const reader = createLineReader(2_000);
  const all = Buffer.from(text);
  const messages = [];
  for (let at = 0; at < all.length; at += bytes) messages.push(...reader.read(all.subarray(at, at + bytes)));
  return messages.map((message) => {
    const { id, error } = message as { id: number; error?: { data: unknown } };
    return error?.data === unreadable ? [id, 'unreadable'] : id;
  });
}

it.each([1, 7, 1_000, 100_000])('a line that is too long ends its call and no other, in parts of %i bytes', (bytes) => {
  const long = 'é'.repeat(5_000);
  const lines = [answer(1, 'a'), answer(2, long), answer(3, 'b'), idLast(4, long), `[log] ${long}`, idLast(5, 'c'), ''];
  expect(read(lines.join('\n'), bytes)).toEqual([1, [2, 'unreadable'], 3, [4, 'unreadable'], 5]);
});

it('invalid UTF-8 costs no more than its characters', () => {
  const reader = createLineReader(2_000);
  const line = Buffer.concat([Buffer.from(answer(1, 'a').slice(0, -3)), Buffer.from([0xff]), Buffer.from('"}}\n')]);
  expect(reader.read(line)).toMatchObject([{ id: 1, result: { text: 'a\uFFFD' } }]);
});
