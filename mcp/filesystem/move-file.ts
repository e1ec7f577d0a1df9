import { link, lstat, rename, unlink } from 'node:fs/promises';
import { z } from 'zod';
import { defineTool, type AnyTool, type ToolContext, type ToolOutput } from '#mcp/kit.ts';
import { refused, shown } from '#mcp/words.ts';
import { openToRead, type Held } from './reach.ts';
import { asToolError, errorCode } from './refusal.ts';
import { namesDirectory, regularFile, walk, type Place } from './walk.ts';
import { stopIfAborted, type Workspace } from './workspace.ts';

const output = z.object({ source: z.string(), destination: z.string(), kind: z.enum(['file', 'directory']) });

type Output = z.output<typeof output>;

export function moveFileTool(workspace: Workspace): AnyTool {
  return defineTool({
    name: 'move_file',
    title: 'Move a file',
    description:
      'Moves or renames a file or a directory within the workspace. What is there already is never replaced. Makes missing directories.',
    input: z.object({
      source: z.string().describe('File or directory, relative to the workspace.'),
      destination: z.string().describe('Its whole new path, with its name.'),
    }),
    output,
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
    run: async (args, context) => {
      try {
        return await move(workspace, args, context);
      } catch (error) {
        throw asToolError(error, args.source);
      }
    },
  });
}

async function move(
  workspace: Workspace,
  { source, destination }: { source: string; destination: string },
  context: ToolContext,
): Promise<ToolOutput<Output>> {
  await using from = await walk(workspace, source);
  if (from.name === undefined || !from.found) throw refused('the workspace itself cannot be moved.');
  const kind = from.found.stat.isDirectory() ? 'directory' : 'file';
  if (kind === 'file' && namesDirectory(destination)) {
    throw refused(`${shown(destination)} names a directory. Give the whole new path, with the file's name.`);
  }
  await using to = await walkTo(workspace, destination);
  const target = { parent: to.parent, name: to.name };
  if (isSame(from, to)) return await finishMove(from, to, { source, destination });
  if (to.found || target.name === undefined) throw taken(destination);
  if (kind === 'file') regularFile(from, source);
  stopIfAborted(context);
  const [old, next] = [`${from.parent.reach}/${from.name}`, `${to.parent.reach}/${target.name}`];
  if (kind === 'file') await moveLink(from.found, old, next, destination);
  // Between the look and this line only an empty directory could have come there, and would be replaced.
  else await rename(old, next).catch((error: unknown) => throwMoved(error, destination));
  await synced(from.parent, to.parent);
  return done({ source, destination, kind });
}

/** Where the move leads. Its failures name the destination. */
async function walkTo(workspace: Workspace, destination: string): Promise<Place> {
  try {
    return await walk(workspace, destination, { toWrite: true });
  } catch (error) {
    throw asToolError(error, destination);
  }
}

/**
 * A file gets its new name before it loses the old one: link(2) never replaces anything, and a crash in between leaves
 * the file whole under both names. The same call then only takes the old one away.
 */
async function moveLink(file: Held, old: string, next: string, destination: string): Promise<void> {
  await link(old, next).catch((error: unknown) => throwMoved(error, destination));
  const linked = await lstat(next);
  if (linked.ino !== file.stat.ino || linked.dev !== file.stat.dev) {
    await unlink(next);
    throw Object.assign(new Error('the file was swapped while it was moved'), { code: 'ESTALE' });
  }
  await unlink(old);
}

/** Whether both are names of one file, which only a move that broke off leaves here. */
function isSame(from: Place, to: Place): boolean {
  const [a, b] = [from.found?.stat, to.found?.stat];
  return (
    a !== undefined &&
    b !== undefined &&
    a.isFile() &&
    a.ino === b.ino &&
    a.dev === b.dev &&
    a.nlink === 2 &&
    b.nlink === 2
  );
}

async function finishMove(from: Place, to: Place, paths: Omit<Output, 'kind'>): Promise<ToolOutput<Output>> {
  const samePlace = from.parent.stat.ino === to.parent.stat.ino && from.name === to.name;
  if (samePlace) throw taken(paths.destination);
  await unlink(`${from.parent.reach}/${from.name}`);
  await synced(from.parent, to.parent);
  return done({ ...paths, kind: 'file' });
}

function done(data: Output): ToolOutput<Output> {
  return { data, text: `Moved ${shown(data.source)} to ${shown(data.destination)}.` };
}

function taken(destination: string): Error {
  return refused(
    `there is something at ${shown(destination)} already, and it is not replaced. Choose another name, or tell the user.`,
  );
}

const reasons: Record<string, string> = {
  EINVAL: 'a directory cannot be moved into itself',
  EXDEV: 'it lies on another disk, and only copying would bring the file there',
  EPERM: 'this disk does not let a file be moved without the risk of replacing another',
  EOPNOTSUPP: 'this disk does not let a file be moved without the risk of replacing another',
};

function throwMoved(error: unknown, destination: string): never {
  const code = errorCode(error) ?? '';
  if (['EEXIST', 'ENOTEMPTY', 'ENOTDIR', 'EISDIR'].includes(code)) throw taken(destination);
  const reason = reasons[code];
  throw reason === undefined ? error : refused(`${shown(destination)}: ${reason}. Tell the user.`);
}

async function synced(...parents: Held[]): Promise<void> {
  for (const parent of parents) {
    await using directory = await openToRead(parent);
    await directory.sync();
  }
}
