import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readEntry } from '#shared/servers/entry.ts';
import { isServerName } from '#shared/servers/names.ts';
import { tryServer } from '#services/cli/servers/try-server.ts';
import { plainSecrets } from '#services/cli/servers/secrets.ts';
import { cleanEnvironment } from '#test/lib/stack.ts';
import { documentedEntries, documentedTools } from './documented.ts';

// Tests what docs/servers.md shows. Entries that need no download are run here; `npm run test:servers` runs the others.

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dragoman-documented-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

it.each([...documentedEntries()])('the entry %s is sound, and has no secret in it', (name, raw) => {
  const { entry, notes } = readEntry(raw);
  expect(isServerName(name)).toBe(true);
  expect(notes).toEqual([]);
  expect(entry && plainSecrets(name, entry)).toEqual([]);
});

it.each(['memory', 'everything', 'folder'])('%s works, with as many tools as it says', async (name) => {
  const env = { ...cleanEnvironment(), GRAPH_FILE: path.join(folder, 'graph.jsonl'), SHARED_FOLDER: folder };
  const { problem, tools } = await tryServer(name, documentedEntries().get(name) ?? {}, env);
  expect({ problem, tools: tools.length }).toEqual({ problem: undefined, tools: documentedTools(name) });
  for (const tool of tools) expect(tool).toMatch(new RegExp(`^${name}__`));
});
