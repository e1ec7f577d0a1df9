import { HeadObjectCommand, type HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { defineTool, type AnyTool, type ToolContext, type ToolOutput } from '#mcp/kit.ts';
import { shown } from '#mcp/words.ts';
import { objectPlace } from './object-place.ts';
import type { Store } from './store.ts';

const output = z.object({
  bucket: z.string(),
  name: z.string(),
  size_bytes: z.number().optional(),
  content_type: z.string().optional(),
  content_encoding: z.string().optional(),
  modified: z.string().optional(),
  etag: z.string().optional(),
  version: z.string().optional(),
  metadata: z.record(z.string(), z.string()).describe('What its owner noted of it.'),
});

type Output = z.output<typeof output>;

/** How much of an owner's notes is shown: S3 takes 2 KB, others more. */
const MAX_NOTES = 50;
const MAX_NOTE_CHARS = 1_000;

/** `minio_stat_object`: what the store knows of an object, without its content. */
export function statObjectTool(store: Store): AnyTool {
  return defineTool({
    name: 'minio_stat_object',
    title: 'Look at an object',
    description: "Tells an object's size, type, time of change, ETag, version and metadata, without reading it.",
    input: z.object({
      bucket_name: z.string().describe('Name of the bucket.'),
      object_name: z.string().describe('Exact name of the object.'),
    }),
    output,
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    run: (args, context) => statObject(store, args, context),
  });
}

async function statObject(
  store: Store,
  args: { bucket_name: string; object_name: string },
  context: ToolContext,
): Promise<ToolOutput<Output>> {
  const place = objectPlace(store, args.bucket_name, args.object_name);
  const head = await store.ask(context, place, (client, abortSignal) =>
    client.send(new HeadObjectCommand({ Bucket: place.bucket, Key: place.key }), { abortSignal }),
  );
  const data: Output = { bucket: place.bucket, name: place.key, ...factsOf(head), metadata: notesOf(head) };
  const { bucket: _, name, metadata, ...facts } = data;
  const lines = Object.entries({ ...facts, ...metadata }).map(([key, value]) => `${key}: ${value}`);
  return { data, text: [`${shown(name)} in ${place.bucket}`, ...lines].join('\n') };
}

function factsOf(head: HeadObjectCommandOutput): Omit<Output, 'bucket' | 'name' | 'metadata'> {
  const { ContentLength, ContentType, ContentEncoding, LastModified, ETag, VersionId } = head;
  const modified = LastModified && !Number.isNaN(LastModified.getTime()) ? LastModified.toISOString() : undefined;
  return {
    ...(ContentLength !== undefined && { size_bytes: ContentLength }),
    ...(ContentType !== undefined && { content_type: ContentType }),
    ...(ContentEncoding !== undefined && { content_encoding: ContentEncoding }),
    ...(modified !== undefined && { modified }),
    ...(ETag !== undefined && { etag: ETag.replaceAll('"', '') }),
    ...(VersionId !== undefined && VersionId !== 'null' && { version: VersionId }),
  };
}

function notesOf({ Metadata = {} }: HeadObjectCommandOutput): Record<string, string> {
  const notes = Object.entries(Metadata).slice(0, MAX_NOTES);
  return Object.fromEntries(notes.map(([key, value]) => [`x-amz-meta-${key}`, value.slice(0, MAX_NOTE_CHARS)]));
}
