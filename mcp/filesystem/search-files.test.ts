import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testFiles, type TestFiles } from './fixture.ts';
import { searchFilesTool } from './search-files.ts';

let files: TestFiles;

beforeAll(async () => {
  files = await testFiles();
  await mkdir(path.join(files.root, 'notes/2026'), { recursive: true });
  await mkdir(path.join(files.root, '.git'));
  await mkdir(path.join(files.base, 'outside'));
  await symlink('../outside', path.join(files.root, 'linked'));
  await symlink('..', path.join(files.root, 'notes/up'));
  const names = ['notes/On-Call.md', 'notes/2026/plan.md', 'notes/2026/plan.csv', '.git/plan.md', '../outside/plan.md'];
  for (const name of names) await writeFile(path.join(files.root, name), '');
});

afterAll(() => files[Symbol.asyncDispose]());

async function found(pattern: string, below = '.') {
  const { data } = await files.call('search_files', { path: below, pattern });
  return (data['matches'] as { path: string }[]).map((match) => match.path);
}

test('finds by glob, by path and by a part of the name; hidden and linked directories are left out', async () => {
  expect(await found('*.md')).toEqual(['notes/On-Call.md', 'notes/2026/plan.md']);
  expect(await found('2026/*', 'notes')).toEqual(['2026/plan.csv', '2026/plan.md']);
  expect(await found('on-call')).toEqual(['notes/On-Call.md']);
  expect(await found('2026')).toEqual(['notes/2026']);
});

test('nothing found is said; a search outside is refused', async () => {
  expect((await files.call('search_files', { path: '.', pattern: 'nothing*' })).text).toMatch(
    /Nothing matches among \d+ entries/,
  );
  expect((await files.call('search_files', { path: 'linked', pattern: '*' })).text).toMatch(/^Refused: /);
  expect((await files.call('search_files', { path: '.', pattern: '{a,b}'.repeat(20) })).text).toContain(
    'too many alternatives',
  );
});

test.each([
  [{ matches: 1, entries: 100, milliseconds: 10_000 }, 'only the first 1 matches'],
  [{ matches: 10, entries: 2, milliseconds: 10_000 }, 'more than 2 entries'],
  [{ matches: 10, entries: 100, milliseconds: -1 }, 'the search took longer'],
])('every limit ends the search with a marker: %j', async (limits, reason) => {
  const workspace = { root: files.root, isHidden: () => false, maxReadBytes: 1, maxWriteBytes: 1 };
  const tool = searchFilesTool(workspace, limits);
  const context = { signal: new AbortController().signal, progress: () => undefined };
  const result = await tool.call({ path: '.', pattern: '*' }, context);
  expect(result.structuredContent).toMatchObject({ truncated: true });
  expect(JSON.stringify(result.content)).toContain(`[Cut: ${reason}`);
});

test('a caller that is gone ends the search', async () => {
  const answer = await files.call('search_files', { path: '.', pattern: '*' }, AbortSignal.abort());
  expect(answer.text).toBe('search_files was stopped before it finished.');
});
