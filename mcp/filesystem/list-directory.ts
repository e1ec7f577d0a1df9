import { lstat } from 'node:fs/promises';
import type { Dirent } from 'node:fs';
import { z } from 'zod';
import { defineTool, type AnyTool, type ToolContext, type ToolOutput } from '#mcp/kit.ts';
import { printable } from '#mcp/words.ts';
import { entriesOf, firstByName } from './entries.ts';
import type { Held } from './reach.ts';
import { asToolError, errorCode } from './refusal.ts';
import { directory, walk } from './walk.ts';
import { stopIfAborted, type Workspace } from './workspace.ts';

const entry = z.object({
  name: z.string(),
  type: z.enum(['file', 'directory', 'link', 'other']),
  size_bytes: z.number().optional(),
  modified: z.string().optional(),
});

const output = z.object({
  path: z.string(),
  entries: z.array(entry),
  total: z.number().describe('Entries in the directory, hidden ones left out.'),
  truncated: z.boolean(),
});

type Output = z.output<typeof output>;
type Entry = z.output<typeof entry>;

/** This many names of ordinary length take about 10,000 tokens. */
const MAX_ENTRIES = 500;

export function listDirectoryTool(workspace: Workspace): AnyTool {
  return defineTool({
    name: 'list_directory',
    title: 'List a directory',
    description: 'Lists what is in a directory of the workspace: names, types, sizes, times of change.',
    input: z.object({
      path: z.string().describe('Directory, relative to the workspace; "." for the workspace itself.'),
    }),
    output,
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    run: async ({ path }, context) => {
      try {
        return await listDirectory(workspace, path, context);
      } catch (error) {
        throw asToolError(error, path);
      }
    },
  });
}

async function listDirectory(workspace: Workspace, path: string, context: ToolContext): Promise<ToolOutput<Output>> {
  await using place = await walk(workspace, path);
  const held = directory(place);
  const first = firstByName<Dirent>(MAX_ENTRIES);
  for await (const found of entriesOf(held)) {
    stopIfAborted(context);
    if (!workspace.isHidden(found.name)) first.add(found);
  }
  const shownOnes = await Promise.all(first.items().map((found) => describe(held, found)));
  const entries = shownOnes.filter((found) => found !== undefined);
  const data: Output = { path, entries, total: first.total, truncated: first.total > MAX_ENTRIES };
  return { data, text: asText(data) };
}

/** Undefined when the entry went away while the directory was read. */
async function describe(held: Held, found: Dirent): Promise<Entry | undefined> {
  try {
    const stat = await lstat(`${held.reach}/${found.name}`);
    const type = typeOf(stat);
    const size = type === 'file' ? { size_bytes: stat.size } : {};
    return { name: found.name, type, ...size, modified: stat.mtime.toISOString() };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    if (errorCode(error) === 'EACCES') return { name: found.name, type: typeOf(found) };
    throw error;
  }
}

/** The type of an entry. A link is only called a link: its target may be a host path. */
export function typeOf(found: Pick<Dirent, 'isFile' | 'isDirectory' | 'isSymbolicLink'>): Entry['type'] {
  if (found.isSymbolicLink()) return 'link';
  if (found.isDirectory()) return 'directory';
  return found.isFile() ? 'file' : 'other';
}

function asText({ entries, total, truncated }: Output): string {
  if (total === 0) return '[The directory is empty.]';
  const lines = entries.map(({ name, type, size_bytes: size }) => {
    if (type === 'directory') return `${printable(name)}/`;
    return `${printable(name)}  ${size === undefined ? type : `${size} bytes`}`;
  });
  const cut = `[Cut: ${entries.length} of ${total} entries are shown. Find others by name with search_files.]`;
  return [...lines, ...(truncated ? [cut] : [])].join('\n');
}
