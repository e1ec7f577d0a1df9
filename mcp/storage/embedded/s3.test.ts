import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DeleteObjectCommand, paginateListObjectsV2, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { config, createDomain } from '../domain.ts';
import { demoObjects } from '../demo.ts';
import { startEmbeddedS3, type EmbeddedS3 } from './s3.ts';

let dataDir: string;
beforeAll(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'dragoman-embedded-s3-'));
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

function clientOf({ endpoint, region, accessKey, secretKey }: EmbeddedS3): S3Client {
  const credentials = { accessKeyId: accessKey, secretAccessKey: secretKey };
  return new S3Client({ endpoint, region, credentials, forcePathStyle: true });
}

test('the demo bucket, which a second start leaves as it was', async () => {
  {
    await using first = await startEmbeddedS3({ dataDir });
    const client = clientOf(first);
    await client.send(new PutObjectCommand({ Bucket: first.bucket, Key: 'README.txt', Body: 'mine' }));
    await client.send(new DeleteObjectCommand({ Bucket: first.bucket, Key: 'reports/2026/q1.csv' }));
    client.destroy();
  }
  await using second = await startEmbeddedS3({ dataDir });
  await using storage = createDomain(
    config.parse({ S3_ENDPOINT: second.endpoint, S3_ACCESS_KEY: second.accessKey, S3_SECRET_KEY: second.secretKey }),
  );
  await storage.check();
  const call = async (name: string, args: object) => {
    const tool = storage.tools.find((candidate) => candidate.name === name);
    const result = await tool?.call(args, { signal: new AbortController().signal, progress: () => undefined });
    return result?.structuredContent as { content?: string; objects?: { name: string }[]; continuation_token?: string };
  };
  const readme = await call('minio_get_object', { bucket_name: 'demo', object_name: 'README.txt' });
  expect(readme.content).toBe('mine');
  const names: string[] = [];
  let token: string | undefined;
  do {
    const more = token ? { continuation_token: token } : {};
    const page = await call('minio_list_objects', { bucket_name: 'demo', max_keys: 2, ...more });
    names.push(...(page.objects ?? []).map(({ name }) => name));
    token = page.continuation_token;
  } while (token);
  const all = demoObjects().map(({ key }) => key);
  expect(names).toEqual(all.toSorted());
});

test('other clients page through it as well', async () => {
  await using server = await startEmbeddedS3({ dataDir });
  const client = clientOf(server);
  const names: (string | undefined)[] = [];
  for await (const page of paginateListObjectsV2({ client, pageSize: 2 }, { Bucket: server.bucket }))
    names.push(...(page.Contents ?? []).map(({ Key }) => Key));
  client.destroy();
  expect(names).toEqual(
    demoObjects()
      .map(({ key }) => key)
      .toSorted(),
  );
});
