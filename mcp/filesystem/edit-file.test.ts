import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testFiles, type TestFiles } from './fixture.ts';

let files: TestFiles;
beforeEach(async () => {
  files = await testFiles({ FILESYSTEM_MAX_WRITE_BYTES: 10_000 });
});
afterEach(() => files[Symbol.asyncDispose]());

const full = (name = 'a.txt') => path.join(files.root, name);
const edit = (edits: [string, string][], more: object = {}) =>
  files.call('edit_file', {
    path: 'a.txt',
    edits: edits.map(([old_text, new_text]) => ({ old_text, new_text })),
    ...more,
  });

test('several edits are made in order, and shown as a diff', async () => {
  await writeFile(full(), 'one\ntwo\nthree\n');
  await chmod(full(), 0o640);
  const answer = await edit([
    ['two', '2'],
    ['2\nthree', '2\n3'],
  ]);
  expect(answer).toMatchObject({ failed: false, data: { written: true, bytes: 8 } });
  expect(answer.text).toBe('Changed "a.txt" (8 bytes).\n@@ line 2 @@\n-two\n+2\n@@ line 2 @@\n-2\n-three\n+2\n+3');
  expect(await readFile(full(), 'utf8')).toBe('one\n2\n3\n');
  expect((await stat(full())).mode & 0o777).toBe(0o640);
  expect(await readdir(files.root)).toEqual(['a.txt']);
});

test('a dry run shows the same and writes nothing', async () => {
  await writeFile(full(), 'one\n');
  const answer = await edit([['one', 'two']], { dry_run: true });
  expect(answer.text).toBe('Nothing was written. "a.txt" would become:\n@@ line 1 @@\n-one\n+two');
  expect(await readFile(full(), 'utf8')).toBe('one\n');
});

test.each<[string, [string, string][], RegExp]>([
  ['does not occur', [['four', '4']], /^Nothing was changed: old_text does not occur .* read_file shows/],
  ['occurs in other blanks', [['  two', '2']], /Line 2 differs from it in blanks alone\.$/],
  ['occurs twice', [['o', '0']], /occurs 2 times\. Give more/],
  ['overlaps itself', [['xx', 'y']], /occurs 2 times/],
  ['changes nothing', [['one', 'one']], /are the same/],
  ['is empty', [['', 'x']], /^Wrong arguments/],
  [
    'fits not after the first',
    [
      ['one', '1'],
      ['one', '2'],
    ],
    /old_text of edit 2 does not occur/,
  ],
])('an old text that %s is told, and nothing is changed', async (_, edits, said) => {
  await writeFile(full(), 'one\ntwo\nxxx\n');
  const answer = await edit(edits);
  expect(answer).toMatchObject({ failed: true, text: expect.stringMatching(said) });
  expect(await readFile(full(), 'utf8')).toBe('one\ntwo\nxxx\n');
});

test.each<[string, Buffer, [string, string], Buffer]>([
  ['CRLF', Buffer.from('a\r\nb\r\nc'), ['a\nb', 'a\nx\nb'], Buffer.from('a\r\nx\r\nb\r\nc')],
  ['mixed ends', Buffer.from('a\nb\r\nc\n'), ['c\n', 'd\n'], Buffer.from('a\nb\r\nd\n')],
  ['a byte order mark', Buffer.from('\ufeffa b'), ['a', 'ä'], Buffer.from('\ufeffä b')],
  ['UTF-16', Buffer.from('\ufeffa b\r\n', 'utf16le'), ['a', 'ä'], Buffer.from('\ufeffä b\r\n', 'utf16le')],
  [
    'Latin-1',
    Buffer.from('Das Menü: Käse, Brötchen, süßer Tee', 'latin1'),
    ['Käse', 'Würste'],
    Buffer.from('Das Menü: Würste, Brötchen, süßer Tee', 'latin1'),
  ],
  ['no end of the last line', Buffer.from('a\nb'), ['b', 'c'], Buffer.from('a\nc')],
])('%s stays as it was', async (_, before, [old, next], after) => {
  await writeFile(full(), before);
  expect(await edit([[old, next]])).toMatchObject({ failed: false });
  expect(await readFile(full())).toEqual(after);
});

test.each<[string, Buffer, string, RegExp]>([
  ['binary', Buffer.from([0x89, 0x50, 0, 1, 2, 3, 0, 0xff]), 'P', /^Refused: .*(no text|bytes that are no text)/],
  ['too large', Buffer.alloc(10_001, 'a'), 'a', /^Refused: .*up to 10000 bytes/],
  ['Latin-1, and the new text has other signs', Buffer.from('Käse süß Tür Öl', 'latin1'), 'Tür', /漢/],
])('what is %s is refused', async (_, bytes, old, said) => {
  await writeFile(full(), bytes);
  expect(await edit([[old, '漢']])).toMatchObject({ failed: true, text: expect.stringMatching(said) });
  expect(await readFile(full())).toEqual(bytes);
});

test('a caller that is gone changes nothing; a file that is not there is told', async () => {
  await writeFile(full(), 'one');
  const args = { path: 'a.txt', edits: [{ old_text: 'one', new_text: 'two' }] };
  expect(await files.call('edit_file', args, AbortSignal.abort())).toMatchObject({ failed: true });
  expect(await readFile(full(), 'utf8')).toBe('one');
  expect((await files.call('edit_file', { ...args, path: 'b.txt' })).text).toContain('There is no "b.txt"');
});
