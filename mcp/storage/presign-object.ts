import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { z } from 'zod';
import { defineTool, type AnyTool, type ToolContext, type ToolOutput } from '#mcp/kit.ts';
import { shown } from '#mcp/words.ts';
import { objectPlace } from './object-place.ts';
import type { Store } from './store.ts';

const inputFor = (maxSeconds: number) =>
  z.object({
    bucket_name: z.string().describe('Name of the bucket.'),
    object_name: z.string().describe('Name of the object.'),
    use: z.enum(['download', 'upload']).optional().describe('download if absent; upload replaces what is there.'),
    expires_seconds: z
      .int()
      .min(MIN_SECONDS)
      .max(maxSeconds)
      .optional()
      .describe(`Time that the link works; ${usualSeconds(maxSeconds)} if absent.`),
  });

const output = z.object({ url: z.string(), method: z.enum(['GET', 'PUT']), expires: z.string() });

type Input = z.output<ReturnType<typeof inputFor>>;
type Output = z.output<typeof output>;

const MIN_SECONDS = 60;

function usualSeconds(max: number): number {
  return Math.min(3_600, max);
}

/** `minio_presign_object`: a link with which whoever has it reads or writes one object, for a time. */
export function presignObjectTool(store: Store): AnyTool {
  return defineTool({
    name: 'minio_presign_object',
    title: 'Make a link to an object',
    description:
      'Makes a link by which whoever has it downloads (or uploads) one object of the object store, for a limited time.',
    input: inputFor(store.settings.maxLinkSeconds),
    output,
    // It changes nothing itself, but gives what it names to others.
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
    run: (args, context) => presign(store, args, context),
  });
}

async function presign(store: Store, args: Input, context: ToolContext): Promise<ToolOutput<Output>> {
  const upload = args.use === 'upload';
  const place = objectPlace(store, args.bucket_name, args.object_name, upload ? 'write' : undefined);
  const target = { Bucket: place.bucket, Key: place.key };
  const seconds = args.expires_seconds ?? usualSeconds(store.settings.maxLinkSeconds);
  // A link to nothing would be found out only by the person who was given it.
  if (!upload) {
    await store.ask(context, place, (client, abortSignal) =>
      client.send(new HeadObjectCommand(target), { abortSignal }),
    );
  }
  const made = Date.now();
  // A page must not run in the store's name.
  const command = upload
    ? new PutObjectCommand(target)
    : new GetObjectCommand({ ...target, ResponseContentDisposition: 'attachment' });
  const url = await getSignedUrl(store.linkClient, command, { expiresIn: seconds, signingDate: new Date(made) });
  const data: Output = {
    url,
    method: upload ? 'PUT' : 'GET',
    expires: new Date(made + seconds * 1_000).toISOString(),
  };
  const what = upload
    ? `Whoever has this link can write ${shown(place.key)} with PUT`
    : `This link downloads ${shown(place.key)}`;
  return { data, text: `${what} until ${data.expires}:\n${url}${reachNote(store)}` };
}

function reachNote({ settings }: Store): string {
  if (settings.publicEndpoint !== undefined) return '';
  const { host } = new URL(settings.endpoint);
  return `\n[It leads to ${host}, as this server knows the store. Where people reach the store by another address, an operator sets S3_PUBLIC_ENDPOINT.]`;
}
