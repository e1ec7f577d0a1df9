import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rename, unlink } from 'node:fs/promises';
import { z } from 'zod';
import { defineTool, type AnyTool, type ToolContext, type ToolOutput } from '#mcp/kit.ts';
import { encodeText } from '#mcp/text.ts';
import { openToRead, type Held } from './reach.ts';
import { asToolError, refused, shown } from './refusal.ts';
import { regularFile, walk } from './walk.ts';
import { stopIfAborted, type Workspace } from './workspace.ts';

const output = z.object({
  path: z.string(),
  bytes: z.number(),
  created: z.boolean().describe('False when an existing file was replaced.'),
});

type Output = z.output<typeof output>;

export function writeFileTool(workspace: Workspace): AnyTool {
  return defineTool({
    name: 'write_file',
    title: 'Write a file',
    description:
      'Writes a whole text file in the workspace, as UTF-8. Replaces the file if it exists and makes missing directories.',
    input: z.object({
      path: z.string().describe('File to write, relative to the workspace, such as notes/today.md.'),
      content: z.string().describe('The whole new text of the file.'),
    }),
    output,
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
    run: async ({ path, content }, context) => {
      try {
        return await writeFile(workspace, path, content, context);
      } catch (error) {
        throw asToolError(error, path);
      }
    },
  });
}

async function writeFile(
  workspace: Workspace,
  path: string,
  content: string,
  context: ToolContext,
): Promise<ToolOutput<Output>> {
  const bytes = encodeText(content, workspace.maxWriteBytes, refused);
  if (path.endsWith('/')) throw refused(`${shown(path)} names a directory. Give the name of a file.`);
  await using place = await walk(workspace, path, { toWrite: true });
  const existing = place.found ? regularFile(place, path) : undefined;
  if (place.name === undefined) throw new Error('only a directory has no name, and that was refused');
  stopIfAborted(context);
  await replace(place.parent, place.name, bytes, existing, context);
  const created = existing === undefined;
  const data: Output = { path, bytes: bytes.length, created };
  return { data, text: `${created ? 'Created' : 'Replaced'} ${shown(path)} (${bytes.length} bytes).` };
}

/**
 * Writes a new file beside the old one and gives it the old one's name. O_EXCL keeps it from writing through a name
 * that somebody put there. Everything is synced before and after, so that a crash leaves either the old text or the new
 * one.
 */
async function replace(
  parent: Held,
  name: string,
  bytes: Buffer,
  existing: Held | undefined,
  context: ToolContext,
): Promise<void> {
  const temporary = `${parent.reach}/.write-${randomUUID()}.tmp`;
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  try {
    await using file = await open(temporary, flags, 0o666);
    await file.writeFile(bytes);
    if (existing) await file.chmod(existing.stat.mode & 0o777);
    await file.sync();
    stopIfAborted(context);
    await rename(temporary, `${parent.reach}/${name}`);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await using directory = await openToRead(parent);
  await directory.sync();
}
