import { z } from 'zod';
import { defineTool, ToolError, type AnyTool, type ToolContext, type ToolOutput } from '#mcp/kit.ts';
import { decode, encode, lostIn, requireCharset, type Charset } from '#mcp/text/charsets.ts';
import { detect, markBytes, markOf } from '#mcp/text/detect.ts';
import { requireWritable } from '#mcp/text/windows.ts';
import { refused, shown } from '#mcp/words.ts';
import { applyEdits, type Edit } from './edits.ts';
import { openToRead, type Held } from './reach.ts';
import { asToolError } from './refusal.ts';
import { replace } from './replace.ts';
import { regularFile, walk } from './walk.ts';
import { stopIfAborted, type Workspace } from './workspace.ts';

const input = z.object({
  path: z.string().describe('File to change, relative to the workspace.'),
  edits: z
    .array(
      z.object({
        old_text: z.string().min(1).describe('Exactly as in the file; occurs once.'),
        new_text: z.string(),
      }),
    )
    .min(1)
    .max(50),
  dry_run: z.boolean().optional().describe('Only shows what would change.'),
  encoding: z.string().optional().describe('Only to correct a wrong guess.'),
});

const output = z.object({
  path: z.string(),
  bytes: z.number(),
  written: z.boolean().describe('False for a dry run.'),
  diff: z.string(),
});

type Args = z.output<typeof input>;
type Output = z.output<typeof output>;

/** Characters of the diff that the answer shows. */
const MAX_DIFF = 20_000;

export function editFileTool(workspace: Workspace): AnyTool {
  return defineTool({
    name: 'edit_file',
    title: 'Edit a file',
    description:
      'Replaces exact parts of a text file in the workspace, all or none. The rest stays byte for byte. Shows the changes as a diff.',
    input,
    output,
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
    run: async (args, context) => {
      try {
        return await editFile(workspace, args, context);
      } catch (error) {
        throw asToolError(error, args.path);
      }
    },
  });
}

async function editFile(workspace: Workspace, args: Args, context: ToolContext): Promise<ToolOutput<Output>> {
  const asked = args.encoding === undefined ? undefined : requireCharset(args.encoding);
  await using place = await walk(workspace, args.path);
  const existing = regularFile(place, args.path);
  if (place.name === undefined) throw new Error('only a directory has no name');
  const old = await readWhole(existing, args.path, workspace.maxWriteBytes);
  const { bytes, diff } = await edited(old, args, asked);
  requireWritable(bytes, workspace.maxWriteBytes);
  stopIfAborted(context);
  const written = args.dry_run !== true;
  if (written) await replace(place.parent, place.name, bytes, existing, context);
  const cut =
    diff.length > MAX_DIFF
      ? `${diff.slice(0, MAX_DIFF).toWellFormed()}\n[Cut: the diff has ${diff.length} characters.]`
      : diff;
  const name = shown(place.actual ?? args.path);
  const done = written ? `Changed ${name} (${bytes.length} bytes).` : `Nothing was written. ${name} would become:`;
  return { data: { path: args.path, bytes: bytes.length, written, diff: cut }, text: `${done}\n${cut}` };
}

async function readWhole(held: Held, path: string, maxBytes: number): Promise<Buffer> {
  if (held.stat.size > maxBytes) {
    throw refused(`${shown(path)} has ${held.stat.size} bytes; files of up to ${maxBytes} bytes can be changed here.`);
  }
  await using file = await openToRead(held);
  return await file.readFile();
}

/** The file's bytes with the edits made, in its own encoding. Refuses what would not survive being read and written. */
async function edited(old: Buffer, args: Args, asked: Charset | undefined): Promise<{ bytes: Buffer; diff: string }> {
  const charset = asked ?? (await detect(old, { whole: true }))?.charset;
  if (charset === undefined && old.length > 0)
    throw refused(`${shown(args.path)} is no text. Only texts can be edited.`);
  const kind = charset ?? 'utf-8';
  const mark = markOf(old) === undefined ? Buffer.alloc(0) : markBytes(kind);
  const before = decode(old, kind);
  const again = encode(before, kind).bytes;
  if (again === undefined || lostIn(before) > 0 || !Buffer.concat([mark, again]).equals(old)) {
    throw refused(
      `${shown(args.path)} holds bytes that are no text in ${kind}, and an edit would change them. Write the whole file anew with write_file.`,
    );
  }
  const { text, diff } = applyEdits(before, args.edits satisfies Edit[]);
  const { bytes, missing } = encode(text, kind);
  if (bytes === undefined)
    throw new ToolError(`The file is in ${kind}, which has no ${missing ?? 'such signs'}. Write the text without.`);
  return { bytes: Buffer.concat([mark, bytes]), diff };
}
