import { Readable, Transform } from 'node:stream';
import { S3Client } from '@aws-sdk/client-s3';

export interface ClientSettings {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
}

/** The largest answer of the server, except an object's content: a full page of the longest keys has 8 MB. */
const MAX_DOCUMENT_BYTES = 16 * 1024 ** 2;

/** A server that says "slow down" is asked three more times, with growing pauses. */
const MAX_ATTEMPTS = 4;

/** The server sent more than any correct answer has. */
export class DocumentTooLarge extends Error {
  override name = 'DocumentTooLarge';
}

/** A client for any S3 server: path style, and checksums only where they are asked for (older servers know none). */
export function createClient({ endpoint, region, credentials }: ClientSettings): S3Client {
  const client = new S3Client({
    endpoint,
    region,
    // A copy: the SDK notes in this object where the credentials came from.
    credentials: { ...credentials },
    forcePathStyle: true,
    // Bucket names come from outside, and an ARN must not choose the host that is asked.
    useArnRegion: false,
    disableS3ExpressSessionAuth: true,
    followRegionRedirects: false,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: { connectionTimeout: 5_000 },
  });
  client.middlewareStack.addRelativeTo(capDocuments, {
    relation: 'after',
    toMiddleware: 'deserializerMiddleware',
    name: 'capDocuments',
  });
  return client;
}

/** Sits between the connection and the parser and limits every answer but an object's content. */
function capDocuments<Args, Result extends { response: unknown }>(
  next: (args: Args) => Promise<Result>,
  context: { commandName?: string },
): (args: Args) => Promise<Result> {
  return async (args) => {
    const result = await next(args);
    const response = result.response as { body?: unknown; statusCode?: number };
    const isContent = context.commandName === 'GetObjectCommand' && (response.statusCode ?? 500) < 300;
    if (!isContent && response.body instanceof Readable) response.body = capped(response.body);
    return result;
  };
}

/** The SDK parses documents whole, so one without an end would fill the memory. */
function capped(body: Readable): Readable {
  let bytes = 0;
  const cap = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      done(bytes > MAX_DOCUMENT_BYTES ? new DocumentTooLarge('the answer has no end') : null, chunk);
    },
  });
  body.once('error', (error) => cap.destroy(error));
  body.once('aborted', () => cap.destroy(new Error('aborted')));
  cap.once('close', () => body.destroy());
  return body.pipe(cap);
}
