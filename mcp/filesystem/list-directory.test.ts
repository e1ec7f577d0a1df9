import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testFiles, type TestFiles } from './fixture.ts';

let files: TestFiles;

beforeAll(async () => {
  files = await testFiles();
  const write = (name: string) => writeFile(path.join(files.root, name), 'text');
  await mkdir(path.join(files.root, 'docs/.git'), { recursive: true });
  await mkdir(path.join(files.root, 'many'));
  await mkdir(path.join(files.root, 'empty'));
  await symlink('/etc', path.join(files.root, 'docs/link'));
  for (const name of ['docs/b.md', 'docs/a.md', 'docs/.env', 'docs/.env.example', 'docs/.env.local', 'docs/two\nlines'])
    await write(name);
  await writeFile(Buffer.concat([Buffer.from(`${files.root}/docs/`), Buffer.from([0xff])]), 'not UTF-8');
  await Promise.all(Array.from({ length: 600 }, (_, index) => write(`many/${String(index).padStart(3, '0')}.txt`)));
});

afterAll(() => files[Symbol.asyncDispose]());

test('names, types and sizes in order; secrets and link targets stay hidden', async () => {
  const { text, data } = await files.call('list_directory', { path: 'docs' });
  expect(text.split('\n')).toEqual([
    '.env.example  4 bytes',
    'a.md  4 bytes',
    'b.md  4 bytes',
    'link  link',
    '"two\\nlines"  4 bytes',
  ]);
  expect(data).toMatchObject({ total: 5, truncated: false });
  expect(JSON.stringify(data)).not.toContain('/etc');
});

test('a long directory is cut with a marker', async () => {
  const { text, data } = await files.call('list_directory', { path: 'many' });
  expect(data).toMatchObject({ total: 600, truncated: true });
  expect(data['entries']).toHaveLength(500);
  expect(text).toContain('[Cut: 500 of 600 entries are shown. Find others by name with search_files.]');
});

test('an empty directory, a file and a missing directory', async () => {
  expect((await files.call('list_directory', { path: 'empty' })).text).toBe('[The directory is empty.]');
  expect((await files.call('list_directory', { path: 'docs/a.md' })).text).toContain('not a directory');
  expect((await files.call('list_directory', { path: 'nowhere' })).text).toContain('There is no "nowhere"');
});

test.each(['docs/.env', 'docs/.git', 'docs/.env.local'])(
  'hidden %s can be neither read nor written nor listed',
  async (name) => {
    expect((await files.call('read_file', { path: name })).text).toMatch(/^Refused: .*hidden/);
    expect((await files.call('list_directory', { path: name })).text).toMatch(/^Refused: .*hidden/);
    expect((await files.call('write_file', { path: `${name}/hooks`, content: 'x' })).text).toMatch(
      /^Refused: .*hidden/,
    );
  },
);
