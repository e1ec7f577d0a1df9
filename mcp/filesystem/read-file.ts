import type { FileHandle } from 'node:fs/promises';
import { z } from 'zod';
import { defineTool, ToolError, type AnyTool, type ToolContext, type ToolOutput } from '#mcp/kit.ts';
import { openToRead } from './reach.ts';
import { shown } from '#mcp/words.ts';
import { asToolError } from './refusal.ts';
import { formatOf } from '#mcp/formats.ts';
import { requireCharset } from '#mcp/text/charsets.ts';
import { detect, SNIFF_BYTES, type Detected } from '#mcp/text/detect.ts';
import { charsetNote } from '#mcp/text/notes.ts';
import { cutForward, cutHead, cutTail, type Cut, type Window } from '#mcp/text/windows.ts';
import { regularFile, walk } from './walk.ts';
import { stopIfAborted, type Workspace } from './workspace.ts';

const input = z.object({
  path: z.string().describe('File to read, relative to the workspace, such as notes/today.md.'),
  head: z.number().int().min(1).max(100_000).optional().describe('Only this many lines from the start.'),
  tail: z.number().int().min(1).max(100_000).optional().describe('Only this many lines from the end.'),
  offset: z.number().int().min(0).optional().describe('Byte to begin at, to go on where a cut answer ended.'),
  encoding: z.string().optional().describe('Only to correct a wrong guess.'),
});

const output = z.object({
  path: z.string(),
  kind: z.enum(['text', 'binary']),
  encoding: z.string().optional(),
  size_bytes: z.number(),
  content: z.string().describe('The text; for binary data a few bytes in hexadecimal.'),
  from_byte: z.number(),
  to_byte: z.number(),
  truncated: z.boolean().describe('True when more of what was asked for exists than is shown.'),
});

type Input = z.output<typeof input>;
type Output = z.output<typeof output>;

/** How much of a binary file is shown, in bytes. */
const BINARY_PREVIEW = 256;

export function readFileTool(workspace: Workspace): AnyTool {
  return defineTool({
    name: 'read_file',
    title: 'Read a file',
    description:
      'Reads a text file of the workspace. Long files come in parts: the answer says which offset to go on with. Binary files are described, not shown.',
    input,
    output,
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    run: async (args, context) => {
      try {
        return await readFile(workspace, args, context);
      } catch (error) {
        throw asToolError(error, args.path);
      }
    },
  });
}

async function readFile(workspace: Workspace, args: Input, context: ToolContext): Promise<ToolOutput<Output>> {
  if ([args.head, args.tail, args.offset].filter((part) => part !== undefined).length > 1)
    throw new ToolError('Give only one of head, tail and offset.');
  await using place = await walk(workspace, args.path);
  const held = regularFile(place, args.path);
  const { size } = held.stat;
  if (size === 0) return emptyFile(args.path);
  if ((args.offset ?? 0) >= size)
    throw new ToolError(`${shown(args.path)} has ${size} bytes; an offset of ${args.offset} is past its end.`);
  await using file = await openToRead(held);
  stopIfAborted(context);
  const window = await readWindow(file, startOf(args, size, workspace.maxReadBytes), workspace.maxReadBytes, size);
  const charset = args.encoding === undefined ? undefined : requireCharset(args.encoding);
  const found: Detected | undefined = charset ? { charset, by: 'told' } : await encodingOf(file, window, size);
  stopIfAborted(context);
  const answer = found ? textAnswer(args, window, found) : binaryAnswer(args, window);
  if (place.actual === undefined) return answer;
  return { ...answer, text: `[On disk this file is named ${shown(place.actual)}.]\n${answer.text}` };
}

/**
 * The start of a file decides, so that all parts of it are read alike. Where it is plain ASCII, what comes later shows
 * more.
 */
async function encodingOf(file: FileHandle, window: Window, size: number): Promise<Detected | undefined> {
  const hasStart = window.start === 0 && window.bytes.length >= Math.min(SNIFF_BYTES, window.size);
  const { bytes } = hasStart ? window : await readWindow(file, 0, SNIFF_BYTES, size);
  const start = await detect(bytes.subarray(0, SNIFF_BYTES), { whole: size <= SNIFF_BYTES });
  if (start?.ascii === true) return detect(window.bytes, { whole: window.bytes.length === size });
  const isWide = start !== undefined && /^utf-(?:16|32)/.test(start.charset);
  return !isWide && window.bytes.includes(0) ? undefined : start;
}

/** UTF-16 has two bytes for each unit, and an even start keeps them together. */
function startOf(args: Input, size: number, limit: number): number {
  if (args.tail === undefined) return args.offset ?? 0;
  const from = Math.max(0, size - limit);
  return Math.min(from + (from % 2), size - 1);
}

/** Reads up to `length` bytes at `start`: a file may be far larger than memory, and may shrink while it is read. */
async function readWindow(file: FileHandle, start: number, length: number, size: number): Promise<Window> {
  const bytes = Buffer.alloc(Math.min(length, size - start));
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return { bytes: bytes.subarray(0, filled), start, size: filled < bytes.length ? start + filled : size };
}

function textAnswer(args: Input, window: Window, found: Detected): ToolOutput<Output> {
  const cut = cutFor(args, window, found.charset);
  const truncated = !cut.complete;
  const data: Output = {
    path: args.path,
    kind: 'text',
    encoding: found.charset,
    size_bytes: window.size,
    content: cut.text,
    from_byte: cut.from,
    to_byte: cut.to,
    truncated,
  };
  const notes = [truncated ? marker(args, cut, window.size) : '', charsetNote(found, cut.text)].filter(Boolean);
  return { data, text: [cut.text, ...notes].join('\n\n') };
}

function cutFor(args: Input, window: Window, encoding: string): Cut {
  if (args.head !== undefined) return cutHead(window, encoding, args.head);
  if (args.tail !== undefined) return cutTail(window, encoding, args.tail);
  return cutForward(window, encoding);
}

function marker(args: Input, cut: Cut, size: number): string {
  const range = `bytes ${cut.from} to ${cut.to} of ${size}`;
  if (args.tail !== undefined)
    return `[Cut: only ${range} are shown; what comes before is left out. Read on with offset.]`;
  return `[Cut: ${range} are shown. Go on with offset=${cut.to}, or see the end with tail=100.]`;
}

function binaryAnswer(args: Input, window: Window): ToolOutput<Output> {
  const preview = window.bytes.subarray(0, BINARY_PREVIEW);
  const to = window.start + preview.length;
  const data: Output = {
    path: args.path,
    kind: 'binary',
    size_bytes: window.size,
    content: preview.toString('hex'),
    from_byte: window.start,
    to_byte: to,
    truncated: to < window.size,
  };
  const rest = data.truncated ? ` Go on with offset=${to} if its bytes matter.` : '';
  const text = `${shown(args.path)} is ${formatOf(window.start === 0 ? preview : new Uint8Array()) ?? 'binary'}, ${window.size} bytes, and cannot be read as text. [Bytes ${window.start} to ${to} of ${window.size} in hexadecimal: ${data.content}]${rest}`;
  return { data, text };
}

function emptyFile(path: string): ToolOutput<Output> {
  const data: Output = { path, kind: 'text', size_bytes: 0, content: '', from_byte: 0, to_byte: 0, truncated: false };
  return { data, text: '[The file is empty.]' };
}
