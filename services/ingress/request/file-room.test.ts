import { expect, test } from 'vitest';
import type { IncomingAttachment } from '../discord/shown.ts';
import { withRoomFor } from './file-room.ts';

const megabyte = 1_048_576;
const file = (size: number, contentType = 'text/plain') => ({ size, contentType }) as IncomingAttachment;

/** Begins work for each list of files; says how many may run before any has ended, then ends all. */
async function atOnce(lists: IncomingAttachment[][]): Promise<number> {
  const ended = Promise.withResolvers<void>();
  let running = 0;
  const works = lists.map((files) => withRoomFor(files, () => ((running += 1), ended.promise)));
  await new Promise((resolve) => setImmediate(resolve));
  const together = running;
  ended.resolve();
  await Promise.all(works);
  expect(running).toBe(lists.length);
  return together;
}

const times = (count: number, files: IncomingAttachment[]) => Array.from({ length: count }, () => files);

test.each<[string, IncomingAttachment[][], number]>([
  ['questions without files', times(500, []), 500],
  ['small files', times(100, [file(1_000)]), 100],
  ['the largest files', times(10, [file(25 * megabyte)]), 1],
  ['texts of one question, which are read one by one', times(10, times(10, [file(3 * megabyte)]).flat()), 10],
  ['images, which are held together', times(10, times(4, [file(3 * megabyte, 'image/png')]).flat()), 2],
  ['more than there is room for', times(3, times(10, [file(25 * megabyte, 'image/png')]).flat()), 1],
])('%s', async (_, lists, together) => {
  expect(await atOnce(lists)).toBe(together);
});

test('room is given back by work that fails', async () => {
  const large = [file(25 * megabyte)];
  await expect(withRoomFor(large, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await withRoomFor(large, () => Promise.resolve('done'))).toBe('done');
});
