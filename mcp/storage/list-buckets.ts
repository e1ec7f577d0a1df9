import { ListBucketsCommand, type Bucket } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { defineTool, type AnyTool, type ToolContext } from '#mcp/kit.ts';
import type { Store } from './store.ts';

const output = z.object({
  buckets: z.array(
    z.object({
      name: z.string(),
      created: z.string().optional(),
      writable: z.boolean().describe('False: only reading'),
    }),
  ),
  truncated: z.boolean(),
});

/** A longer list helps nobody choose; the configuration can shorten it. */
const MAX_BUCKETS = 500;

/** `minio_list_buckets`: the buckets that these tools may use. */
export function listBucketsTool(store: Store): AnyTool {
  return defineTool({
    name: 'minio_list_buckets',
    title: 'List buckets',
    description: 'Lists the buckets of the object store (S3, MinIO) that can be used.',
    input: z.object({}),
    output,
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    async run(_args, context) {
      const { buckets: allowed, readOnlyBuckets } = store.settings;
      const found = (await readBuckets(store, context))
        .filter(({ Name }) => allowed.size === 0 || allowed.has(Name!) || readOnlyBuckets.has(Name!))
        .toSorted((a, b) => (a.Name! < b.Name! ? -1 : 1));
      const truncated = found.length > MAX_BUCKETS;
      const buckets = found.slice(0, MAX_BUCKETS).map(({ Name, CreationDate }) => ({
        name: Name!,
        writable: !readOnlyBuckets.has(Name!),
        ...(CreationDate ? { created: CreationDate.toISOString() } : {}),
      }));
      const lines = buckets.map(({ name, writable }) => (writable ? name : `${name} (read only)`));
      if (truncated) lines.push(`[Cut: ${MAX_BUCKETS} of ${found.length} buckets are shown. Ask for others by name.]`);
      return { data: { buckets, truncated }, text: lines.join('\n') || '[There are no buckets to use.]' };
    },
  });
}

async function readBuckets(store: Store, context: ToolContext): Promise<Bucket[]> {
  const answer = await store.ask(context, {}, (client, abortSignal) =>
    client.send(new ListBucketsCommand({}), { abortSignal }),
  );
  return (answer.Buckets ?? []).filter(({ Name }) => Name !== undefined);
}
