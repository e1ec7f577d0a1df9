import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testFiles, type TestFiles } from './fixture.ts';

let files: TestFiles;
const there = [
  'Screenshot 2026-11-27 at 9.41.07\u202fAM.png.txt',
  'Cafe\u0301.txt',
  'it\u2019s here \u2013 really.md',
  '\u201cquoted\u201d.md',
  'a\u00a0b.txt',
  'README.md',
  'trailing.txt ',
  'p\u0430ypal.txt',
  'my_notes-2026.txt',
  'Résumé.txt',
  '.env',
  '.env~',
];

beforeAll(async () => {
  files = await testFiles();
  for (const name of there) await writeFile(path.join(files.root, name), 'content');
  await mkdir(path.join(files.root, 'Über'.normalize('NFD')));
  await writeFile(path.join(files.root, 'Über'.normalize('NFD'), 'x.txt'), 'content');
});
afterAll(() => files[Symbol.asyncDispose]());

const read = (name: string) => files.call('read_file', { path: name });

test.each([
  'Screenshot 2026-11-27 at 9.41.07 AM.png.txt',
  'Caf\u00e9.txt',
  "it's here - really.md",
  '"quoted".md',
  'a b.txt',
  'Über/x.txt',
])('%j is found, though it is written in other signs on disk', async (name) => {
  const { failed, text } = await read(name);
  expect([failed, text]).toEqual([false, expect.stringMatching(/^\[On disk this file is named ".*"\.\]\ncontent$/)]);
});

test.each([
  ['readme.md', '"README.md"'],
  ['trailing.txt', '"trailing.txt "'],
  ['paypal.txt', '"p\u0430ypal.txt"'],
  ['my notes 2026.txt', '"my_notes-2026.txt"'],
  ['Resume.txt', '"Résumé.txt"'],
  ['README.md\u200b', '"README.md"'],
])('for %j what there is is offered', async (name, offered) => {
  const { failed, text } = await read(name);
  expect([failed, text]).toEqual([true, expect.stringContaining(`In its place there is ${offered}`)]);
});

test('a name as it is offered or listed can be given back', async () => {
  const { text } = await files.call('list_directory', { path: '.' });
  for (const line of text.split('\n').filter((one) => one.startsWith('"'))) {
    const quoted = /^".*"/.exec(line)?.[0] ?? '';
    if (line.endsWith('/')) continue;
    expect((await read(JSON.parse(quoted) as string)).text).toBe('content');
  }
  expect(text).toContain(String.raw`9.41.07\u202fAM`);
});

test('a name is searched for in any of its spellings', async () => {
  const found = async (pattern: string) => (await files.call('search_files', { path: '.', pattern })).data['matches'];
  expect(await found('caf\u00e9')).toHaveLength(1);
  expect(await found("it's*")).toHaveLength(1);
  expect(await found('a b.*')).toHaveLength(1);
});

test.each(['.env ', '.ENV', '.env\u200b', '.\u0435nv', '.env~', '\uff0eenv'])(
  'the spelling %j leads to no hidden file',
  async (name) => {
    const { failed, text } = await read(name);
    expect(failed).toBe(true);
    expect(text).not.toContain('".env"');
  },
);

describe('writing', () => {
  test('the composed spelling of a name is that file; what only looks like another is refused', async () => {
    const before = await readdir(files.root);
    const same = await files.call('write_file', { path: 'Caf\u00e9.txt', content: 'content' });
    expect(same.text).toMatch(/^Replaced /);
    for (const name of ['a b.txt', "it's here - really.md"]) {
      const { failed, text } = await files.call('write_file', { path: name, content: 'x' });
      expect([failed, text]).toEqual([true, expect.stringContaining('In its place there is')]);
    }
    expect((await readdir(files.root)).toSorted()).toEqual(before.toSorted());
  });

  test.each([
    'invoice\u202efdp.txt',
    'two\nlines.txt',
    'a\u2028b.txt',
    'tab\tname.txt',
    'zero\u200bwidth.txt',
    '\u2066isolated\u2069.txt',
    'bell\u0007.txt',
    'directory\u202e/x.txt',
    ' leading.txt',
    'ends with space ',
  ])('the new name %j is refused', async (name) => {
    const before = await readdir(files.root);
    const { failed, text } = await files.call('write_file', { path: name, content: 'x' });
    expect([failed, text]).toEqual([true, expect.stringMatching(/^Refused: the new name/)]);
    expect(await readdir(files.root)).toEqual(before);
  });

  test.each(['日本語 のファイル.txt', '👩‍💻.txt', 'می‌خواهم.txt', 'smörgås.txt', `${'x'.repeat(251)}.txt`])(
    'the new name %j is fine',
    async (name) => {
      expect((await files.call('write_file', { path: name, content: 'x' })).failed).toBe(false);
      expect((await read(name)).text).toBe('x');
    },
  );
});

test.each(['README.md/', 'README.md/.', './README.md//', 'README.md/..//README.md/'])('%j is no file', async (name) => {
  expect((await read(name)).failed).toBe(true);
  expect((await files.call('write_file', { path: name, content: 'x' })).failed).toBe(true);
});

test('a name that is too long is told', async () => {
  expect((await read(`${'x'.repeat(256)}.txt`)).text).toContain('longer than 255 bytes');
  const write = await files.call('write_file', { path: `${'é'.repeat(128)}.txt`, content: 'x' });
  expect(write.text).toContain('longer than 255 bytes');
});
