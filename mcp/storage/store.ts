import { ListBucketsCommand, HeadBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import type { ToolContext } from '#mcp/kit.ts';
import { createClient, type ClientSettings } from './client.ts';
import { explainFailure } from './failures.ts';
import type { Place } from './server-errors.ts';
import { refused, shown } from '#mcp/words.ts';
import { bucketNameProblem } from './names.ts';

export interface StoreSettings extends ClientSettings {
  /** Buckets that may be used; when empty, all that the key reaches. */
  buckets: ReadonlySet<string>;
  readOnlyBuckets: ReadonlySet<string>;
  maxReadBytes: number;
  maxWriteBytes: number;
  timeoutMs: number;
  /** Where people reach the store, when that is another address; links lead there. */
  publicEndpoint: string | undefined;
  /** Most seconds that a link works. */
  maxLinkSeconds: number;
}

/** What the tools of this domain work with. */
export interface Store extends AsyncDisposable {
  settings: StoreSettings;
  /** Signs links; it sends nothing. */
  linkClient: S3Client;
  /** Refuses names that cannot be buckets, and buckets that we may not use, before the server is asked. */
  requireBucket(name: string, use?: 'write'): void;
  /**
   * Runs requests under one deadline that also ends with the caller. A failure becomes a sentence that names `place`.
   * @throws ToolError
   */
  ask<T>(
    context: Pick<ToolContext, 'signal'>,
    place: Place,
    work: (client: S3Client, abortSignal: AbortSignal) => Promise<T>,
  ): Promise<T>;
  check(): Promise<void>;
}

/** Connects lazily: nothing is sent before the first call. */
export function createStore(settings: StoreSettings): Store {
  const client = createClient(settings);
  const { publicEndpoint = settings.endpoint } = settings;
  const linkClient = createClient({ ...settings, endpoint: publicEndpoint });
  return {
    settings,
    linkClient,
    requireBucket: (name, use) => requireBucket(settings, name, use),
    ask: (context, place, work) => ask(client, settings.timeoutMs, context, place, work),
    check: () => check(client, settings),
    [Symbol.asyncDispose]: () => Promise.resolve([client, linkClient].forEach((each) => each.destroy())),
  };
}

function requireBucket({ buckets, readOnlyBuckets }: StoreSettings, name: string, use?: 'write'): void {
  const problem = bucketNameProblem(name);
  if (problem) throw refused(`${shown(name)} is not the name of a bucket: ${problem}. minio_list_buckets shows them.`);
  if (buckets.size > 0 && !buckets.has(name) && !readOnlyBuckets.has(name))
    throw refused(`the bucket ${shown(name)} is not among those that may be used. minio_list_buckets shows them.`);
  if (use === 'write' && readOnlyBuckets.has(name))
    throw refused(`the bucket ${shown(name)} may only be read. Write to another one, or tell the user.`);
}

async function ask<T>(
  client: S3Client,
  timeoutMs: number,
  context: Pick<ToolContext, 'signal'>,
  place: Place,
  work: (client: S3Client, abortSignal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    return await work(client, AbortSignal.any([context.signal, deadline]));
  } catch (error) {
    throw explainFailure(error, place, deadline.aborted ? timeoutMs : undefined);
  }
}

async function check(client: S3Client, { buckets, endpoint, timeoutMs }: StoreSettings): Promise<void> {
  const [first] = buckets;
  const abortSignal = AbortSignal.timeout(Math.min(timeoutMs, 5_000));
  try {
    // A key may be allowed to use buckets without being allowed to list them.
    if (first === undefined) await client.send(new ListBucketsCommand({ MaxBuckets: 1 }), { abortSignal });
    else await client.send(new HeadBucketCommand({ Bucket: first }), { abortSignal });
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new Error(
      `The S3 server at S3_ENDPOINT=${endpoint} cannot be used (${reason}). Check S3_ENDPOINT, S3_ACCESS_KEY and S3_SECRET_KEY${first === undefined ? '' : `, and that the bucket ${first} of S3_BUCKETS exists`}.`,
      { cause: error },
    );
  }
}
