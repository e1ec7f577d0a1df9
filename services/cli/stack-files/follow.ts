import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stackFiles, type StackFile } from './sync.ts';

/** The project whose list of servers a file is; undefined for a list elsewhere, from which no Compose stack follows. */
function projectOfList(list: string): string | undefined {
  const root = path.resolve(list, '../..');
  return path.resolve(list) === path.join(root, 'mcp/servers.json') && existsSync(path.join(root, 'compose.yaml'))
    ? root
    : undefined;
}

/** The files of the Compose stack that do not follow their list, relative to its project. */
export async function staleStackFiles(list: string): Promise<string[]> {
  return (await staleOf(list)).map(({ file }) => file);
}

/** Writes those files anew. Resolves to the ones that have changed. */
export async function followList(list: string): Promise<string[]> {
  const stale = await staleOf(list);
  for (const { at, should } of stale) writeFileSync(at, should);
  return stale.map(({ file }) => file);
}

async function staleOf(list: string): Promise<(StackFile & { at: string })[]> {
  const root = projectOfList(list);
  if (root === undefined) return [];
  const stale = (await stackFiles(root, list)).filter(({ is, should }) => is !== should);
  return stale.map((each) => ({ ...each, at: path.join(root, each.file) }));
}
