import { S3Client } from '@aws-sdk/client-s3';
import { capDocuments } from './documents.ts';

export interface ClientSettings {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
}

/** A server that says "slow down" is asked three more times, with growing pauses. */
const MAX_ATTEMPTS = 4;

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
  client.middlewareStack.addRelativeTo(capDocuments(), {
    relation: 'after',
    toMiddleware: 'deserializerMiddleware',
    name: 'capDocuments',
  });
  return client;
}
