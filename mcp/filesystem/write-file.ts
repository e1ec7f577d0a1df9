import { z } from 'zod';
import { defineTool, type AnyTool, type ToolContext, type ToolOutput } from '#mcp/kit.ts';
import { requireCharset, type Charset } from '#mcp/text/charsets.ts';
import { requireWritable } from '#mcp/text/windows.ts';
import { bytesLike } from './keeping.ts';
import { readOld, replace } from './replace.ts';
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
