import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { defineTool, type AnyTool, type ToolContext, type ToolOutput } from '#mcp/kit.ts';
import { requireCharset } from '#mcp/text/charsets.ts';
import { charsetOfType, decideCharset, type Decided } from '#mcp/text/declared.ts';
import { charsetNote } from '#mcp/text/notes.ts';
import { cutForward } from '#mcp/text/windows.ts';
import { describeBinary, sizeText, wholeText } from './binary.ts';
import { shown } from '#mcp/words.ts';
import { objectPlace } from './object-place.ts';
import { readPart, type ObjectPart } from './part.ts';
import type { Store } from './store.ts';

const input = z.object({
  bucket_name: z.string().describe('Name of the bucket.'),
  object_name: z.string().describe('Exact name of the object, as minio_list_objects shows it.'),
  max_bytes: z.int().min(0).optional().describe('Fewer bytes than the limit; 0 for size, type and time only.'),
  offset: z.int().min(0).optional().describe('Byte to begin at, to go on where a cut answer ended.'),
  encoding: z.string().optional().describe('Only to correct a wrong guess.'),
});

const output = z.object({
  bucket: z.string(),
  name: z.string(),
  kind: z.enum(['text', 'binary', 'metadata']),
  content_type: z.string().optional(),
  size_bytes: z.number().optional().describe('As stored; absent when the store does not say.'),
  modified: z.string().optional(),
  content: z.string().describe('The text; for binary data its first bytes in hexadecimal.'),
  from_byte: z.number(),
  to_byte: z.number(),
  truncated: z.boolean().describe('True when the object goes on after what is shown.'),
});

type Input = z.output<typeof input>;
type Output = z.output<typeof output>;

/** `minio_get_object`: the text of an object, in parts where it is long. Binary data is only described. */
export function getObjectTool(store: Store): AnyTool {
  return defineTool({
    name: 'minio_get_object',
    title: 'Read an object',
    description:
      'Reads a text object of the object store (S3, MinIO). Long ones come in parts: the answer says which offset to go on with. Binary ones are described, not shown.',
    input,
    output,
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    run: (args, context) => getObject(store, args, context),
  });
}

async function getObject(store: Store, args: Input, context: ToolContext): Promise<ToolOutput<Output>> {
  const place = objectPlace(store, args.bucket_name, args.object_name);
  const limit = Math.min(args.max_bytes ?? store.settings.maxReadBytes, store.settings.maxReadBytes);
  const part = await store.ask(context, place, (client, abortSignal) =>
    limit === 0
      ? readHead(client, args, abortSignal)
      : readPart(client, { ...place, offset: args.offset ?? 0, limit }, abortSignal),
  );
  if (limit === 0) return metadataAnswer(args, part);
  if (part.bytes.length === 0) return textAnswer(args, part, '[The object is empty.]');
  return contentAnswer(args, part);
}

async function readHead(client: S3Client, args: Input, abortSignal: AbortSignal): Promise<ObjectPart> {
  const head = await client.send(new HeadObjectCommand({ Bucket: args.bucket_name, Key: args.object_name }), {
    abortSignal,
  });
  return {
    bytes: Buffer.alloc(0),
    start: 0,
    size: head.ContentLength ?? 0,
    storedSize: head.ContentLength,
    contentType: head.ContentType,
    contentEncoding: head.ContentEncoding,
    modified: head.LastModified,
  };
}

function metadataAnswer(args: Input, part: ObjectPart): ToolOutput<Output> {
  const data: Output = {
    ...common(args, part),
    kind: 'metadata',
    content: '',
    from_byte: 0,
    to_byte: 0,
    truncated: false,
  };
  const facts = [sizeText(part), part.contentType, part.contentEncoding, part.modified?.toISOString()];
  return { data, text: `${shown(args.object_name)}: ${facts.filter(Boolean).join(', ')}.` };
}

async function contentAnswer(args: Input, part: ObjectPart): Promise<ToolOutput<Output>> {
  const decided = await charsetFor(args, part);
  if (!decided) {
    const described = describeBinary(shown(args.object_name), part);
    const data: Output = { ...common(args, part), kind: 'binary', ...described.shown };
    return { data, text: described.text };
  }
  const cut = cutForward(part, decided.charset);
  const truncated = cut.to < part.size;
  const notes = [truncated ? marker(part, cut) : '', charsetNote(decided, cut.text), misnamedNote(part)];
  const data: Output = {
    ...common(args, part),
    kind: 'text',
    content: cut.text,
    from_byte: cut.from,
    to_byte: cut.to,
    truncated,
  };
  return { data, text: [cut.text, ...notes.filter(Boolean)].join('\n\n') };
}

async function charsetFor(args: Input, part: ObjectPart): Promise<Decided | undefined> {
  if (args.encoding !== undefined) return { charset: requireCharset(args.encoding), by: 'told' };
  const declared = charsetOfType(part.contentType ?? '');
  const whole = part.start === 0 && part.bytes.length === part.size;
  return decideCharset(part.bytes, declared === undefined ? [] : [declared], { whole });
}

function marker(part: ObjectPart, { from, to }: { from: number; to: number }): string {
  return `[Cut: bytes ${from} to ${to} of ${wholeText(part)} are shown. Go on with offset=${to}.]`;
}

function misnamedNote({ misnamed }: ObjectPart): string {
  return misnamed === undefined ? '' : `[It is stored as ${misnamed} (Content-Encoding), which it is not.]`;
}

function textAnswer(args: Input, part: ObjectPart, text: string): ToolOutput<Output> {
  const data: Output = {
    ...common(args, part),
    kind: 'text',
    content: '',
    from_byte: part.start,
    to_byte: part.start,
    truncated: false,
  };
  return { data, text };
}

function common(
  args: Input,
  part: ObjectPart,
): Pick<Output, 'bucket' | 'name' | 'content_type' | 'size_bytes' | 'modified'> {
  return {
    bucket: args.bucket_name,
    name: args.object_name,
    ...(part.storedSize === undefined ? {} : { size_bytes: part.storedSize }),
    ...(part.contentType === undefined ? {} : { content_type: part.contentType }),
    ...(part.modified === undefined ? {} : { modified: part.modified.toISOString() }),
  };
}
