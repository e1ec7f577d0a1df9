import { ListObjectsV2Command, type ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { defineTool, ToolError, type AnyTool, type ToolContext, type ToolOutput } from '#mcp/kit.ts';
import { printable, refused, shown } from '#mcp/words.ts';
import { keyProblem } from './names.ts';
import type { Store } from './store.ts';

/** The most that a server gives in one page (S3 API reference, ListObjectsV2). */
const MAX_KEYS = 1000;
const USUAL_KEYS = 100;

const input = z.object({
  bucket_name: z.string().describe('Bucket, as minio_list_buckets shows it.'),
  prefix: z.string().optional().describe('Only objects whose names begin so, such as reports/2026/.'),
  max_keys: z.int().min(1).optional().describe(`Most objects, ${USUAL_KEYS} if absent, at most ${MAX_KEYS}.`),
  continuation_token: z
    .string()
    .max(4096)
    .optional()
    .describe('From the answer before, to go on after its last object.'),
});

const output = z.object({
  bucket: z.string(),
  objects: z.array(z.object({ name: z.string(), size_bytes: z.number(), modified: z.string().optional() })),
  truncated: z.boolean().describe('True when more objects match.'),
  continuation_token: z.string().optional().describe('Give it back to go on; absent at the end.'),
});

type Input = z.output<typeof input>;
type Output = z.output<typeof output>;

/** `minio_list_objects`: names, sizes and times of objects, in pages. */
export function listObjectsTool(store: Store): AnyTool {
  return defineTool({
    name: 'minio_list_objects',
    title: 'List objects in a bucket',
    description:
      'Lists the objects in a bucket of the object store (S3, MinIO) by name, with sizes and times. Long lists come in pages: the answer holds a continuation_token.',
    input,
    output,
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    run: (args, context) => listObjects(store, args, context),
  });
}

async function listObjects(store: Store, args: Input, context: ToolContext): Promise<ToolOutput<Output>> {
  store.requireBucket(args.bucket_name);
  const problem = keyProblem(args.prefix ?? '');
  if (problem) throw refused(`the prefix ${shown(args.prefix ?? '')} cannot begin an object's name: ${problem}.`);
  const after = args.continuation_token === undefined ? undefined : keyOf(args.continuation_token);
  const command = new ListObjectsV2Command({
    Bucket: args.bucket_name,
    Prefix: args.prefix,
    MaxKeys: Math.min(args.max_keys ?? USUAL_KEYS, MAX_KEYS),
    StartAfter: after,
  });
  const page = await store.ask(context, { bucket: args.bucket_name }, (client, abortSignal) =>
    client.send(command, { abortSignal }),
  );
  return answer(args, pageAfter(page, after), store.settings.maxReadBytes);
}

interface Page {
  all: Output['objects'];
  /** Undefined when the store does not say. */
  more: boolean | undefined;
}

/** The objects after a name: a store that does not know `start-after` begins anew. */
function pageAfter(page: ListObjectsV2CommandOutput, after: string | undefined): Page {
  const found = (page.Contents ?? []).flatMap(({ Key, Size, LastModified }) => {
    if (Key === undefined || Key === '') return [];
    return [{ name: Key, size_bytes: Size ?? 0, ...(LastModified ? { modified: LastModified.toISOString() } : {}) }];
  });
  if (after === undefined) return { all: found, more: page.IsTruncated };
  const all = found.filter(({ name }) => Buffer.compare(Buffer.from(name), Buffer.from(after)) > 0);
  if (all.length === 0 && found.length > 0 && page.IsTruncated === true)
    throw new ToolError('This object store cannot go on after an object. Narrow the list with prefix instead.');
  return { all, more: page.IsTruncated };
}

function answer(args: Input, { all, more }: Page, maxBytes: number): ToolOutput<Output> {
  const objects = all.slice(0, fitting(all, maxBytes));
  // A store that says nothing may have more when it gave as many as were asked for.
  const isFull = all.length >= Math.min(args.max_keys ?? USUAL_KEYS, MAX_KEYS);
  const truncated = (more ?? isFull) || objects.length < all.length;
  const last = objects.at(-1);
  const token = truncated && last ? tokenOf(last.name) : undefined;
  const data: Output = {
    bucket: args.bucket_name,
    objects,
    truncated,
    ...(token ? { continuation_token: token } : {}),
  };
  const lines = objects.map(({ name, size_bytes: size, modified }) =>
    `${printable(name)}  ${size} bytes  ${modified ?? ''}`.trimEnd(),
  );
  if (token !== undefined)
    lines.push(
      `[Cut: ${objects.length} objects are shown, more exist. Go on with continuation_token="${token}", or narrow the list with prefix.]`,
    );
  return { data, text: lines.join('\n') || emptyText(args, truncated) };
}

function emptyText({ prefix, continuation_token: token }: Input, truncated: boolean): string {
  if (truncated) return '[The object store says that there are objects, but it names none. Tell the user.]';
  if (token !== undefined) return '[No more objects.]';
  return prefix ? `[No object's name begins with ${shown(prefix)}.]` : '[The bucket is empty.]';
}

/** How many of the objects fit into the answer; at least one. */
function fitting(objects: Output['objects'], maxBytes: number): number {
  let bytes = 0;
  for (const [index, object] of objects.entries()) {
    bytes += Buffer.byteLength(object.name) + 45;
    if (bytes > maxBytes) return Math.max(1, index);
  }
  return objects.length;
}

/**
 * Our own token holds the last name. The server's token could only end where its page ends; ours ends where the answer
 * is full.
 */
const TOKEN_MARK = 'after.';

function tokenOf(key: string): string {
  return `${TOKEN_MARK}${Buffer.from(key).toString('base64url')}`;
}

function keyOf(token: string): string {
  const bytes = Buffer.from(token.slice(TOKEN_MARK.length), 'base64url');
  const key = bytes.toString('utf8');
  if (key === '' || tokenOf(key) !== token)
    throw new ToolError(
      'That is no continuation_token of minio_list_objects. Copy it from the answer before, or leave it out to begin anew.',
    );
  return key;
}
