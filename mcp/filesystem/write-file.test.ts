import { chmod, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testFiles, type TestFiles } from './fixture.ts';

let files: TestFiles;

beforeEach(async () => {
  files = await testFiles({ FILESYSTEM_MAX_WRITE_BYTES: 100_000 });
});

afterEach(() => files[Symbol.asyncDispose]());

test('makes the file and the directories on the way', async () => {
  const answer = await files.call('write_file', { path: 'a/b/new.md', content: 'héllo' });
  expect(answer).toMatchObject({
    failed: false,
    text: 'Created "a/b/new.md" (6 bytes).',
    data: { bytes: 6, created: true },
  });
  expect(await readFile(path.join(files.root, 'a/b/new.md'), 'utf8')).toBe('héllo');
  expect(await readdir(path.join(files.root, 'a/b'))).toEqual(['new.md']);
});

test('replaces a file and keeps its permissions', async () => {
  const name = path.join(files.root, 'old.sh');
  await writeFile(name, 'old');
  await chmod(name, 0o750);
  expect(await files.call('write_file', { path: 'old.sh', content: 'new' })).toMatchObject({
    data: { created: false },
  });
  expect(await readFile(name, 'utf8')).toBe('new');
  expect((await stat(name)).mode & 0o777).toBe(0o750);
});

test('a reader never sees a part of a text', async () => {
  const name = path.join(files.root, 'swapped.txt');
  const versions = ['a', 'b'].map((letter) => letter.repeat(90_000));
  await writeFile(name, versions[0] ?? '');
  const writing = new AbortController();
  const writer = (async () => {
    for (let round = 0; round < 60; round += 1) {
      await files.call('write_file', { path: 'swapped.txt', content: versions[round % 2] });
    }
    writing.abort();
  })();
  while (!writing.signal.aborted) expect(versions).toContain(await readFile(name, 'utf8'));
  await writer;
});

test('two writers at once leave one whole text and no scraps', async () => {
  const contents = Array.from({ length: 20 }, (_, index) => String(index).repeat(5000));
  await Promise.all(contents.map((content) => files.call('write_file', { path: 'deep/x.txt', content })));
  expect(contents).toContain(await readFile(path.join(files.root, 'deep/x.txt'), 'utf8'));
  expect(await readdir(path.join(files.root, 'deep'))).toEqual(['x.txt']);
});

test('what is too large, no Unicode, or named as a directory is refused and nothing is left', async () => {
  const attempts = [
    { path: 'x.txt', content: 'x'.repeat(100_001) },
    { path: 'x.txt', content: '漢'.repeat(40_000) },
    { path: 'x.txt', content: 'half \ud800' },
    { path: 'x/', content: '' },
  ];
  for (const attempt of attempts) expect((await files.call('write_file', attempt)).text).toMatch(/^Refused: /);
  expect(await readdir(files.root)).toEqual([]);
});

test('a caller that is gone gets nothing written', async () => {
  expect(await files.call('write_file', { path: 'x', content: 'x' }, AbortSignal.abort())).toMatchObject({
    failed: true,
  });
  expect(await readdir(files.root)).toEqual([]);
});
