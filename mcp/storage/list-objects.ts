import { ListObjectsV2Command, type ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { defineTool, ToolError, type AnyTool, type ToolContext, type ToolOutput } from '#mcp/kit.ts';
import { keyProblem, refused, shown } from './names.ts';
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
  return answer(args, page, store.settings.maxReadBytes);
}

function answer(args: Input, page: ListObjectsV2CommandOutput, maxBytes: number): ToolOutput<Output> {
  const all = (page.Contents ?? []).map((found) => ({
    name: found.Key ?? '',
    size_bytes: found.Size ?? 0,
    ...(found.LastModified ? { modified: found.LastModified.toISOString() } : {}),
  }));
  const objects = all.slice(0, fitting(all, maxBytes));
  const truncated = page.IsTruncated === true || objects.length < all.length;
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
  return { data, text: lines.join('\n') || emptyText(args) };
}

function emptyText({ prefix, continuation_token: token }: Input): string {
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

/** A name with a line break or another control character is quoted, so that it cannot pose as several objects. */
function printable(name: string): string {
  return /[\p{Cc}\p{Zl}\p{Zp}]|^\s|\s$/u.test(name) ? JSON.stringify(name) : name;
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
