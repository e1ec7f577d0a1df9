import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { s3Missing, startTestS3, type TestS3 } from '#test/lib/s3.ts';
import { config, createDomain } from './domain.ts';
import { testTools, type TestTools } from './testing/tools.ts';

describe.skipIf(s3Missing !== undefined)(`writing objects${s3Missing ? ` (${s3Missing})` : ''}`, () => {
  let server: TestS3;
  let tools: TestTools;

  beforeAll(async () => {
    server = await startTestS3();
    tools = testTools(server, { S3_READ_ONLY_BUCKETS: 'archive', S3_MAX_WRITE_BYTES: 100 });
    for (const Bucket of ['data', 'archive']) await server.client.send(new CreateBucketCommand({ Bucket }));
  });

  afterAll(async () => {
    await tools?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  const put = (object_name: string, content: string, more: object = {}) =>
    tools.call('minio_put_object', { bucket_name: 'data', object_name, content, ...more });

  async function stored(Key: string) {
    const answer = await server.client.send(new GetObjectCommand({ Bucket: 'data', Key }));
    return { text: await answer.Body?.transformToString(), answer };
  }

  test('what is written can be read by others; the same name is replaced', async () => {
    const first = await put('notes/größe & 1+1.md', 'eins');
    expect(first).toMatchObject({ failed: false, data: { bytes: 4, content_type: 'text/plain; charset=utf-8' } });
    expect((await stored('notes/größe & 1+1.md')).text).toBe('eins');
    await put('notes/größe & 1+1.md', 'zwei', { content_type: 'text/markdown' });
    const { text, answer } = await stored('notes/größe & 1+1.md');
    expect([text, answer.ContentType, answer.ContentDisposition]).toEqual(['zwei', 'text/markdown', undefined]);
  });

  test('an empty object can be written', async () => {
    expect((await put('nothing', '')).failed).toBe(false);
    expect((await stored('nothing')).text).toBe('');
  });

  test('a page is stored so that no browser runs it in place', async () => {
    await put('x.html', '<script>alert(1)</script>', { content_type: 'text/html' });
    expect((await stored('x.html')).answer.ContentDisposition).toBe('attachment');
  });

  test.each([
    ['a read-only bucket', { bucket_name: 'archive', object_name: 'x', content: 'x' }, 'may only be read'],
    ['too much', { bucket_name: 'data', object_name: 'x', content: 'x'.repeat(101) }, 'larger than 100 bytes'],
    ['too much in UTF-8', { bucket_name: 'data', object_name: 'x', content: '漢'.repeat(40) }, 'larger than 100 bytes'],
    ['broken Unicode', { bucket_name: 'data', object_name: 'x', content: '\ud800' }, 'not valid Unicode'],
    ['a folder', { bucket_name: 'data', object_name: 'x/', content: '' }, 'names a folder'],
    ['a subresource', { bucket_name: 'data', object_name: '?acl', content: '' }, 'request on the bucket itself'],
    ['a way up', { bucket_name: 'data', object_name: '../archive/x', content: '' }, 'as a part'],
    ['a header', { bucket_name: 'data', object_name: 'x', content: '', content_type: 'a/b\r\nx: y' }, 'no'],
  ])('%s is refused and nothing is written', async (_name, args, reason) => {
    const count = async () => {
      const lists = ['data', 'archive'].map((Bucket) => server.client.send(new ListObjectsV2Command({ Bucket })));
      return (await Promise.all(lists)).map((list) => list.KeyCount);
    };
    const before = await count();
    const { failed, text } = await tools.call('minio_put_object', args);
    expect(failed).toBe(true);
    expect(text).toMatch(/^Refused: /);
    expect(text).toContain(reason);
    expect(await count()).toEqual(before);
  });

  test('a cancelled call writes nothing and says so', async () => {
    const stopped = AbortSignal.abort();
    const { text } = await tools.call(
      'minio_put_object',
      { bucket_name: 'data', object_name: 'late', content: 'x' },
      stopped,
    );
    expect(text).toBe('minio_put_object was stopped before it finished.');
    expect((await tools.call('minio_get_object', { bucket_name: 'data', object_name: 'late' })).failed).toBe(true);
  });
});

test('the tools say honestly what they do', () => {
  const settings = { S3_ENDPOINT: 'http://127.0.0.1:9', S3_ACCESS_KEY: 'a', S3_SECRET_KEY: 'b' };
  const { tools } = createDomain(config.parse(settings));
  const writers = tools.filter((tool) => tool.wire.annotations?.readOnlyHint === false).map((tool) => tool.name);
  expect(writers).toEqual(['minio_put_object', 'minio_presign_object']);
  expect(config.shape.S3_SECRET_KEY.meta()).toMatchObject({ secret: true });
  expect(config.safeParse({ ...settings, S3_REGION: 'evil.example.com/' }).success).toBe(false);
});
