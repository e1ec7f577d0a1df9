import { mkdirSync } from 'node:fs';
import { HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import S3rver from 's3rver';
import { demoObjects } from '../demo.ts';
import { listByFirstVersion } from './s3-listing.ts';

export interface EmbeddedS3Options {
  /** Holds the buckets; a later start uses the same data. */
  dataDir: string;
  /** When absent, a free port. */
  port?: number;
}

export interface EmbeddedS3 extends AsyncDisposable {
  /** S3_ENDPOINT */
  endpoint: string;
  /** S3_ACCESS_KEY */
  accessKey: string;
  /** S3_SECRET_KEY */
  secretKey: string;
  /** S3_REGION */
  region: string;
  port: number;
  bucket: string;
}

/** The only account that this server knows. It takes any secret key: it is for a demo on loopback, nothing else. */
const account = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };
const region = 'us-east-1';
const bucket = 'demo';

/** An S3 server within this process with a bucket of demo objects. Objects that were changed or added stay. */
export async function startEmbeddedS3({ dataDir, port = 0 }: EmbeddedS3Options): Promise<EmbeddedS3> {
  mkdirSync(dataDir, { recursive: true });
  const server = new S3rver({
    address: '127.0.0.1',
    port,
    silent: true,
    directory: dataDir,
    vhostBuckets: false,
    configureBuckets: [{ name: bucket }],
  });
  // It goes after the two that log and write XML, and before the routes.
  server.middleware.splice(2, 0, listByFirstVersion);
  const address = await server.run();
  const endpoint = `http://127.0.0.1:${address.port}`;
  await seed(endpoint);
  return {
    endpoint,
    accessKey: account.accessKeyId,
    secretKey: account.secretAccessKey,
    region,
    port: address.port,
    bucket,
    [Symbol.asyncDispose]: () => server.close(),
  };
}

async function seed(endpoint: string): Promise<void> {
  const client = new S3Client({
    endpoint,
    region,
    // A copy: the SDK writes into it.
    credentials: { ...account },
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  try {
    for (const { key, type, content } of demoObjects()) {
      const there = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key })).catch(() => undefined);
      if (there) continue;
      await client.send(
        new PutObjectCommand({ Bucket: bucket, Key: key, Body: Buffer.from(content), ContentType: type }),
      );
    }
  } finally {
    client.destroy();
  }
}
