import { link, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testFiles, type TestFiles } from './fixture.ts';

let files: TestFiles;
beforeEach(async () => {
  files = await testFiles();
  await mkdir(full('docs'));
  await writeFile(full('docs/a.md'), 'a');
  await writeFile(full('b.md'), 'b');
});
afterEach(() => files[Symbol.asyncDispose]());

const full = (name: string) => path.join(files.root, name);
const move = (source: string, destination: string) => files.call('move_file', { source, destination });
const everything = async () => (await readdir(files.root, { recursive: true })).toSorted();

test('a file and a directory get another name, and directories on the way are made', async () => {
  expect(await move('docs/a.md', 'old/2026/a.md')).toMatchObject({
    failed: false,
    text: 'Moved "docs/a.md" to "old/2026/a.md".',
    data: { kind: 'file' },
  });
  expect(await move('old', 'docs/older/')).toMatchObject({ failed: false, data: { kind: 'directory' } });
  expect(await everything()).toEqual(['b.md', 'docs', 'docs/older', 'docs/older/2026', 'docs/older/2026/a.md']);
  expect(await readFile(full('docs/older/2026/a.md'), 'utf8')).toBe('a');
});

test.each<[string, string, RegExp]>([
  ['docs/a.md', 'b.md', /^Refused: there is something at "b\.md" already/],
  ['b.md', 'docs', /something at "docs" already/],
  ['docs', 'b.md', /something at "b\.md" already/],
  ['b.md', 'b.md', /something at "b\.md" already/],
  ['b.md', 'new/', /names a directory/],
  ['.', 'new', /workspace itself cannot be moved/],
  ['docs', 'docs/inner/docs', /cannot be moved into itself/],
  ['missing.md', 'new.md', /There is no "missing\.md"/],
  ['b.md', '../b.md', /^Refused: .*leads out/],
  ['../b.md', 'c.md', /^Refused: .*leads out/],
  ['b.md', '.env', /^Refused: .*hidden/],
])('%s to %s is refused, and nothing is lost', async (source, destination, said) => {
  expect(await move(source, destination)).toMatchObject({ failed: true, text: expect.stringMatching(said) });
  expect((await everything()).filter((name) => name !== 'docs/inner')).toEqual(['b.md', 'docs', 'docs/a.md']);
  expect(await readFile(full('b.md'), 'utf8')).toBe('b');
});

test('a file with another name elsewhere stays; a link leads out for nobody', async () => {
  await writeFile(path.join(files.base, 'secret'), 'CANARY');
  await link(path.join(files.base, 'secret'), full('hard'));
  await symlink('../secret', full('soft'));
  expect((await move('hard', 'c.md')).text).toMatch(/^Refused: .*second name/);
  expect((await move('soft', 'c.md')).text).toMatch(/^Refused: .*leads out/);
});

test('a move that broke off between its two halves is finished by the same call', async () => {
  await link(full('b.md'), full('c.md'));
  expect(await move('b.md', 'c.md')).toMatchObject({ failed: false });
  expect(await everything()).toEqual(['c.md', 'docs', 'docs/a.md']);
});

test('of many moves to one place one arrives, and the others keep their files', async () => {
  const names = Array.from({ length: 20 }, (_, n) => `n${n}`);
  for (const name of names) await writeFile(full(name), name);
  const answers = await Promise.all(names.map((name) => move(name, 'one')));
  expect(answers.filter(({ failed }) => !failed)).toHaveLength(1);
  const left = (await readdir(files.root)).filter((name) => /^n\d/.test(name));
  expect([...left, await readFile(full('one'), 'utf8')].toSorted()).toEqual(names.toSorted());
});
