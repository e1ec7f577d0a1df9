import { mkdir } from 'node:fs/promises';
import { z } from 'zod';
import { defineTool, type AnyTool, type ToolContext, type ToolOutput } from '#mcp/kit.ts';
import { refused, shown } from '#mcp/words.ts';
import { openToRead } from './reach.ts';
import { asToolError, errorCode } from './refusal.ts';
import { walk } from './walk.ts';
import { stopIfAborted, type Workspace } from './workspace.ts';

const output = z.object({ path: z.string(), created: z.boolean().describe('False when it was there already.') });

export function createDirectoryTool(workspace: Workspace): AnyTool {
  return defineTool({
    name: 'create_directory',
    title: 'Make a directory',
    description: 'Makes a directory in the workspace, with those on the way. One that is there already stays as it is.',
    input: z.object({ path: z.string().describe('Directory to make, relative to the workspace.') }),
    output,
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    run: async ({ path }, context) => {
      try {
        return await createDirectory(workspace, path, context);
      } catch (error) {
        throw asToolError(error, path);
      }
    },
  });
}

async function createDirectory(
  workspace: Workspace,
  path: string,
  context: ToolContext,
): Promise<ToolOutput<z.output<typeof output>>> {
  await using place = await walk(workspace, path, { toWrite: true });
  const name = shown(place.actual ?? path);
  if (place.found && !place.found.stat.isDirectory()) throw refused(`${name} is there already, and is no directory.`);
  stopIfAborted(context);
  const created = place.found === undefined && (await make(`${place.parent.reach}/${place.name}`));
  if (created) {
    await using parent = await openToRead(place.parent);
    await parent.sync();
  }
  return {
    data: { path, created },
    text: created ? `Made the directory ${name}.` : `The directory ${name} is there already.`,
  };
}

/** False when somebody else made it in the meantime. */
async function make(directory: string): Promise<boolean> {
  try {
    await mkdir(directory);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}
