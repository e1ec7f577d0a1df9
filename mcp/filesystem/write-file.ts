import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rename, unlink } from 'node:fs/promises';
import { z } from 'zod';
import { defineTool, type AnyTool, type ToolContext, type ToolOutput } from '#mcp/kit.ts';
import { requireCharset, type Charset } from '#mcp/text/charsets.ts';
import { requireWritable } from '#mcp/text/windows.ts';
import { bytesLike, type Old } from './keeping.ts';
import { openToRead, type Held } from './reach.ts';
import { refused, shown } from '#mcp/words.ts';
import { asToolError } from './refusal.ts';
import { namesDirectory, regularFile, walk } from './walk.ts';
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
      'Writes a whole text file in the workspace. An existing file keeps its encoding and line ends. Makes missing directories.',
    input: z.object({
      path: z.string().describe('File to write, relative to the workspace, such as notes/today.md.'),
      content: z.string().describe(`The whole new text, at most ${workspace.maxWriteBytes} bytes.`),
      encoding: z.string().optional().describe("Absent: the old file's, UTF-8 for a new one."),
    }),
    output,
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
    run: async (args, context) => {
      try {
        return await writeFile(workspace, args, context);
      } catch (error) {
        throw asToolError(error, args.path);
      }
    },
  });
}

interface Args {
  path: string;
  content: string;
  encoding?: string | undefined;
}

async function writeFile(
  workspace: Workspace,
  { path, content, encoding }: Args,
  context: ToolContext,
): Promise<ToolOutput<Output>> {
  const asked: Charset | undefined = encoding === undefined ? undefined : requireCharset(encoding);
  requireWritable(content, workspace.maxWriteBytes);
  if (namesDirectory(path)) throw refused(`${shown(path)} names a directory. Give the name of a file.`);
  await using place = await walk(workspace, path, { toWrite: true });
  const existing = place.found ? regularFile(place, path) : undefined;
  if (place.name === undefined) throw new Error('only a directory has no name, and that was refused');
  const old = existing && existing.stat.size > 0 ? await readOld(existing) : undefined;
  const { bytes, kept } = await bytesLike(old, content, asked);
  requireWritable(bytes, workspace.maxWriteBytes);
  stopIfAborted(context);
  await replace(place.parent, place.name, bytes, existing, context);
  const created = existing === undefined;
  const data: Output = { path, bytes: bytes.length, created };
  const said = kept.length === 0 ? '' : ` It keeps ${kept.join(', ')}.`;
  const done = `${created ? 'Created' : 'Replaced'} ${shown(place.actual ?? path)} (${bytes.length} bytes).`;
  return { data, text: done + said };
}

/** More of an old file is not looked at to tell how it is written. */
const MAX_OLD_BYTES = 4 * 1024 * 1024;

async function readOld(held: Held): Promise<Old> {
  await using file = await openToRead(held);
  const bytes = Buffer.alloc(Math.min(held.stat.size, MAX_OLD_BYTES));
  const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
  return { bytes: bytes.subarray(0, bytesRead), whole: bytesRead === held.stat.size };
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
