import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { config, createDomain } from './domain.ts';
import { testFiles } from './fixture.ts';
import { compileHiddenNames } from './hidden-names.ts';

test('ready when the root is a directory; otherwise says what to do', async () => {
  await using files = await testFiles();
  await createDomain(config.parse({ FILESYSTEM_ROOT: files.root })).check();
  await writeFile(path.join(files.root, 'file'), '');
  const check = (root: string) => createDomain(config.parse({ FILESYSTEM_ROOT: root })).check();
  await expect(check(path.join(files.root, 'file'))).rejects.toThrow('is not a directory');
  await expect(check(path.join(files.root, 'missing'))).rejects.toThrow('FILESYSTEM_ROOT: ');
});

test('the whole disk is no workspace', () => {
  expect(config.safeParse({ FILESYSTEM_ROOT: '/' }).success).toBe(false);
  expect(config.safeParse({ FILESYSTEM_ROOT: '/tmp/..' }).success).toBe(false);
});

test('the tools say honestly what they do', () => {
  const { tools } = createDomain(config.parse({}));
  const writers = tools.filter((tool) => tool.wire.annotations?.readOnlyHint === false);
  const writing = ['create_directory', 'edit_file', 'move_file', 'write_file'];
  const reading = ['list_directory', 'read_file', 'search_files'];
  expect(tools.map((tool) => tool.name).toSorted()).toEqual([...writing, ...reading].toSorted());
  expect(writers.map((tool) => tool.name).toSorted()).toEqual(writing);
  const whole = writers.find(({ name }) => name === 'write_file');
  expect(whole?.wire.annotations).toMatchObject({ destructiveHint: true, idempotentHint: true });
});

test('the last matching rule for hidden names decides; a rule about paths is refused', () => {
  const isHidden = compileHiddenNames('.env.*, !.env.example, *.key');
  expect(['.env.prod', '.ENV.PROD', '.env.example', 'tls.key', 'keys.md'].map(isHidden)).toEqual([
    true,
    true,
    false,
    true,
    false,
  ]);
  expect(() => compileHiddenNames('a/b')).toThrow('FILESYSTEM_HIDDEN_NAMES');
});
