import { readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newestClient, olderClient } from '#test/lib/mcp-clients.ts';
import { startToolRunner } from '#test/lib/tool-runner.ts';
import { testDatabases, type TestDatabases } from './testing/tools.ts';

let files: TestDatabases;
beforeEach(async () => {
  files = await testDatabases();
});
afterEach(() => files[Symbol.asyncDispose]());

const note = (insight: string) => files.call('append_insight', { insight });
const memo = () => files.domain.resources![0]!.read();

test('insights are kept in order, and come with the answer', async () => {
  expect(await memo()).toBe('No insights yet.');
  await note('Guji is liked best.');
  const second = await note('  Nora is strict.\nAlways. ');
  expect(second).toMatchObject({ failed: false, data: { insights: 2 } });
  expect(second.text).toContain('- Guji is liked best. (20');
  expect(await memo()).toContain('- Nora is strict.\n  Always. (20');
});

test('ten at once are all kept', async () => {
  await Promise.all(Array.from({ length: 10 }, (_, n) => note(`insight ${n}`)));
  for (let n = 0; n < 10; n += 1) expect(await memo()).toContain(`- insight ${n} (`);
});

test('a line that was cut off costs itself alone', async () => {
  await note('one');
  const file = path.join(files.root, 'insights.jsonl');
  await writeFile(file, `${await readFile(file, 'utf8')}{"at":"2026-01-01T00:00:00Z","text":"ha`);
  await note('two');
  expect(await memo()).toMatch(/- one .*\n- two /);
});

test('a full memo and a file that is none are told; nothing is written through a link', async () => {
  await note('x'.repeat(2_000));
  const file = path.join(files.root, 'insights.jsonl');
  await writeFile(file, (await readFile(file, 'utf8')).repeat(120));
  expect((await note('more')).text).toContain('memo is full');
  await using linked = await testDatabases();
  const outside = path.join(linked.base, 'outside.txt');
  await writeFile(outside, 'kept');
  await symlink(outside, path.join(linked.root, 'insights.jsonl'));
  expect((await linked.call('append_insight', { insight: 'x' })).text).toContain('Nothing was noted');
  expect(await readFile(outside, 'utf8')).toBe('kept');
});

const mayRead = `
version: 1
roles: { reader: { allow: [read_query, append_insight] }, other: { allow: [list_tables] } }
members: { everyone: [], terminal: [reader], api_keys: { stranger: [other] } }
`;

test('the memo is a resource of the runner, for those who may read', async () => {
  await using runner = await startToolRunner({ server: 'sqlite', env: { SQLITE_ROOT: files.root }, policy: mayRead });
  await note('Guji is liked best.');
  const uri = 'memo://insights';
  const newest = await newestClient(runner, { tool: 'read_query' });
  expect((await newest.listResources()).resources).toMatchObject([{ uri, mimeType: 'text/plain' }]);
  expect((await newest.readResource({ uri })).contents).toMatchObject([{ uri, text: expect.stringContaining('Guji') }]);
  await expect(newest.readResource({ uri: 'memo://nowhere' })).rejects.toThrow(/memo:\/\/nowhere/);
  const older = await olderClient(runner, { tool: 'read_query' });
  expect((await older.readResource({ uri })).contents).toMatchObject([{ text: expect.stringContaining('Guji') }]);
  await Promise.all([newest.close(), older.close()]);
});

test('who may not read the databases neither sees nor reads the memo', async () => {
  await using runner = await startToolRunner({ server: 'sqlite', env: { SQLITE_ROOT: files.root }, policy: mayRead });
  const caller = { kind: 'api' as const, id: 'stranger', name: 'stranger', discordRoles: [] };
  const client = await newestClient(runner, { tool: 'list_tables', caller });
  expect((await client.listResources()).resources).toEqual([]);
  await expect(client.readResource({ uri: 'memo://insights' })).rejects.toThrow();
  // A token is for one tool: that of another one reads nothing.
  const other = await newestClient(runner, { tool: 'append_insight' });
  await expect(other.readResource({ uri: 'memo://insights' })).rejects.toThrow(/token is for append_insight/);
  await Promise.all([client.close(), other.close()]);
});
