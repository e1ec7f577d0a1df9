import { execFileSync } from 'node:child_process';
import { link, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testFiles, type TestFiles } from './fixture.ts';

let files: TestFiles;

beforeAll(async () => {
  files = await testFiles();
  await mkdir(path.join(files.root, 'docs/deep'), { recursive: true });
  await mkdir(path.join(files.base, 'workspace-two'));
  await writeFile(path.join(files.base, 'secret.txt'), 'SECRET');
  await writeFile(path.join(files.base, 'workspace-two/secret.txt'), 'SECRET');
  await writeFile(path.join(files.root, 'docs/a.md'), 'inside');
  await writeFile(path.join(files.root, '~'), 'tilde');
  await writeFile(path.join(files.root, '%2e%2e'), 'percent');
  await symlink('../secret.txt', path.join(files.root, 'out'));
  await symlink(path.join(files.base, 'secret.txt'), path.join(files.root, 'out-absolute'));
  await symlink('..', path.join(files.root, 'up'));
  await symlink('../workspace/docs/a.md', path.join(files.root, 'out-and-back'));
  await symlink('docs', path.join(files.root, 'in'));
  await symlink(path.join(files.root, 'docs/a.md'), path.join(files.root, 'in-absolute'));
  await symlink('loop', path.join(files.root, 'loop'));
  await symlink('../new.txt', path.join(files.root, 'dangling-out'));
  await symlink('docs/new.txt', path.join(files.root, 'dangling-in'));
  await link(path.join(files.base, 'secret.txt'), path.join(files.root, 'hard'));
  execFileSync('mkfifo', [path.join(files.root, 'pipe')]);
});

afterAll(() => files[Symbol.asyncDispose]());

const refusedPaths = [
  ['', 'empty'],
  ['../secret.txt', 'up'],
  ['docs/../../secret.txt', 'down and up'],
  ['missing/../../secret.txt', 'up behind a missing name'],
  ['../workspace-two/secret.txt', 'a sibling that begins with the same letters'],
  ['../workspace/docs/a.md', 'out and back again'],
  ['/etc/passwd', 'absolute'],
  ['/', 'the root of all'],
  ['file:///etc/passwd', 'a URL'],
  ['docs/a.md\0.txt', 'NUL'],
  ['\ud800', 'half a surrogate pair'],
  ['out', 'a link out'],
  ['out-absolute', 'an absolute link out'],
  ['up/secret.txt', 'a link to the parent'],
  ['in/../../secret.txt', 'up behind a link'],
  ['out-and-back', 'a link that goes out and back'],
  ['hard', 'a hard link'],
  ['pipe', 'a FIFO'],
  ['d/'.repeat(100) + 'x', 'a hundred levels'],
  [`${'./'.repeat(3000)}docs/a.md`, 'longer than any path'],
] as const;

test.each(refusedPaths)('read of %j is refused: %s', async (given) => {
  const answer = await files.call('read_file', { path: given });
  expect(answer.failed).toBe(true);
  expect(answer.text).toMatch(/^Refused: /);
  expect(answer.text).not.toContain('SECRET');
  expect(answer.text).not.toContain(files.base);
});

const allowedPaths = [
  ['docs/a.md', 'inside'],
  ['./docs//deep/../a.md', 'inside'],
  ['in/a.md', 'inside'],
  ['in-absolute', 'inside'],
  ['~', 'tilde'],
  ['%2e%2e', 'percent'],
] as const;

test.each(allowedPaths)('read of %j gives the file', async (given, content) => {
  const answer = await files.call('read_file', { path: given });
  expect(answer).toMatchObject({ failed: false, text: content });
});

test('an absolute path below the root is taken', async () => {
  expect(await files.call('read_file', { path: path.join(files.root, 'docs/a.md') })).toMatchObject({ text: 'inside' });
});

const errors = [
  ['nothing.txt', /There is no "nothing\.txt"/],
  ['docs/a.md/x', /goes through something that is not a directory/],
  ['docs/a.md/../a.md', /goes through something that is not a directory/],
  ['docs', /is a directory/],
  ['loop', /links that point at each other/],
  ['x'.repeat(256), /longer than 255 bytes/],
  ['C:\\Windows\\win.ini', /There is no/],
  ['docs\\a.md', /There is no/],
] as const;

test.each(errors)('read of %j is an ordinary error', async (given, sentence) => {
  const answer = await files.call('read_file', { path: given });
  expect(answer.failed).toBe(true);
  expect(answer.text).toMatch(sentence);
  expect(answer.text).not.toContain(files.base);
});

describe('writes', () => {
  test.each(['out', 'up/new.txt', 'dangling-out', 'hard', 'pipe', '../new.txt', 'docs/'])(
    'to %j are refused',
    async (given) => {
      const answer = await files.call('write_file', { path: given, content: 'CHANGED' });
      expect(answer.text).toMatch(/^Refused: /);
      expect(await readFile(path.join(files.base, 'secret.txt'), 'utf8')).toBe('SECRET');
      await expect(readFile(path.join(files.base, 'new.txt'))).rejects.toThrow('ENOENT');
    },
  );

  test('through a dangling link that stays inside make the file it names', async () => {
    expect(await files.call('write_file', { path: 'dangling-in', content: 'new' })).toMatchObject({ failed: false });
    expect(await readFile(path.join(files.root, 'docs/new.txt'), 'utf8')).toBe('new');
  });
});

test('nothing stays open after a hundred walks, refused and not', async () => {
  const { readdir } = await import('node:fs/promises');
  const before = (await readdir('/proc/self/fd')).length;
  for (let round = 0; round < 20; round += 1) {
    for (const given of ['docs/a.md', 'in-absolute', 'up/x', 'nothing', 'loop'])
      await files.call('read_file', { path: given });
  }
  expect((await readdir('/proc/self/fd')).length).toBeLessThanOrEqual(before + 2);
});
