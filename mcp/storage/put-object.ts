import { PutObjectCommand } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { defineTool, type AnyTool, type ToolContext, type ToolOutput } from '#mcp/kit.ts';
import { encode } from '#mcp/text/charsets.ts';
import { charsetOfType } from '#mcp/text/declared.ts';
import { requireWritable } from '#mcp/text/windows.ts';
import { refused, shown } from '#mcp/words.ts';
import { newKeyProblem } from './names.ts';
import type { Store } from './store.ts';

const inputFor = (maxBytes: number) =>
  z.object({
    bucket_name: z.string().describe('Name of the bucket.'),
    object_name: z.string().describe('Name of the object, such as reports/2026/summary.md.'),
    content: z.string().describe(`The whole content, as text, at most ${maxBytes} bytes.`),
    content_type: z.string().max(200).optional().describe('Media type; text/plain if absent.'),
  });

const output = z.object({ bucket: z.string(), name: z.string(), bytes: z.number(), content_type: z.string() });

type Input = z.output<ReturnType<typeof inputFor>>;
type Output = z.output<typeof output>;

/** `type/subtype` with parameters (RFC 9110, 8.3.1), without anything that could end a header. */
const mediaType =
  /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?: *; *[\w!#$&^.+-]+=(?:[\w!#$&^.+-]+|"[\w !#-[\]^`{-~.,:;<=>?@-]*"))*$/;

/** Types that a browser would run or render as a page of the store's own site. */
const activeTypes = /html|svg|xml|javascript|ecmascript/i;

/** `minio_put_object`: writes a text as an object and replaces one of the same name. */
export function putObjectTool(store: Store): AnyTool {
  return defineTool({
    name: 'minio_put_object',
    title: 'Write an object',
    description: 'Writes a text as an object of the object store (S3, MinIO). An object of the same name is replaced.',
    input: inputFor(store.settings.maxWriteBytes),
    output,
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
    run: (args, context) => putObject(store, args, context),
  });
}

async function putObject(store: Store, args: Input, context: ToolContext): Promise<ToolOutput<Output>> {
  store.requireBucket(args.bucket_name, 'write');
  requireKey(args.object_name);
  const type = args.content_type ?? 'text/plain; charset=utf-8';
  if (!mediaType.test(type)) throw refused(`${shown(type)} is not a media type. Give one such as text/csv, or none.`);
  requireWritable(args.content, store.settings.maxWriteBytes);
  const body = bytesFor(type, args.content);
  requireWritable(body, store.settings.maxWriteBytes);
  const command = new PutObjectCommand({
    Bucket: args.bucket_name,
    Key: args.object_name,
    Body: body,
    ContentLength: body.length,
    ContentType: type,
    // If the bucket is ever public, a page in it must not run in the store's name.
    ContentDisposition: activeTypes.test(type) ? 'attachment' : undefined,
  });
  const place = { bucket: args.bucket_name, key: args.object_name };
  await store.ask(context, place, (client, abortSignal) => client.send(command, { abortSignal }));
  const data = { bucket: args.bucket_name, name: args.object_name, bytes: body.length, content_type: type };
  return { data, text: `Wrote ${shown(args.object_name)} to the bucket ${args.bucket_name} (${body.length} bytes).` };
}

/** The content in the encoding that its type names: a reader goes by that. */
function bytesFor(type: string, content: string): Buffer {
  if (!/;\s*charset\s*=/i.test(type)) return Buffer.from(content, 'utf8');
  const charset = charsetOfType(type);
  const { bytes, missing } = charset === undefined ? {} : encode(content, charset);
  if (bytes) return bytes;
  if (missing === undefined) throw refused(`nothing can be written in the charset of ${shown(type)}. Use utf-8.`);
  throw refused(`the charset of ${shown(type)} has no ${missing}. Write the text without, or use utf-8.`);
}

function requireKey(key: string): void {
  if (key === '') throw refused('an object needs a name. Give object_name.');
  const problem = newKeyProblem(key);
  if (problem) throw refused(`${shown(key)} cannot be an object's name: ${problem}. Use another name.`);
  if (key.endsWith('/')) throw refused(`${shown(key)} names a folder. Give the name of an object.`);
}
