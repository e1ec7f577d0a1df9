import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testFiles, type TestFiles } from './fixture.ts';

let files: TestFiles;
beforeEach(async () => {
  files = await testFiles();
  await writeFile(path.join(files.root, 'a.txt'), 'a');
});
afterEach(() => files[Symbol.asyncDispose]());
const make = (given: string) => files.call('create_directory', { path: given });

test('a directory is made with those on the way; one that is there stays', async () => {
  expect(await make('a.txt/b/c/')).toMatchObject({ failed: true });
  expect(await make('x/y/z/')).toMatchObject({ failed: false, data: { created: true } });
  expect(await make('x/y')).toMatchObject({ failed: false, data: { created: false } });
  expect(await make('.')).toMatchObject({ failed: false, data: { created: false } });
  expect((await readdir(files.root, { recursive: true })).toSorted()).toEqual(['a.txt', 'x', 'x/y', 'x/y/z']);
});

test.each<[string, RegExp]>([
  ['a.txt', /^Refused: "a\.txt" is there already, and is no directory/],
  ['a.txt/b', /something that is not a directory/],
  ['../b', /leads out/],
  ['.ssh', /hidden/],
  ['', /path is empty/],
  ['d/'.repeat(300), /deeper than 64/],
])('%.20s is refused', async (given, said) => {
  expect(await make(given)).toMatchObject({ failed: true, text: expect.stringMatching(said) });
  expect(await readdir(files.root)).toEqual(['a.txt']);
});

test('ten at once make one', async () => {
  const answers = await Promise.all(Array.from({ length: 10 }, () => make('deep/er/est')));
  expect(answers.every(({ failed }) => !failed)).toBe(true);
  expect(answers.filter(({ data }) => data['created'])).toHaveLength(1);
});
