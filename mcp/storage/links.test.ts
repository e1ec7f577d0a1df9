import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { s3Missing, startTestS3, type TestS3 } from '#test/lib/s3.ts';
import { testTools, type TestTools } from './testing/tools.ts';

describe.skipIf(s3Missing !== undefined)(`facts and links${s3Missing ? ` (${s3Missing})` : ''}`, () => {
  let server: TestS3;
  let tools: TestTools;
  let outside: TestTools;
  const settings = { S3_BUCKETS: 'data', S3_READ_ONLY_BUCKETS: 'archive', S3_LINK_MAX_SECONDS: 600 };

  beforeAll(async () => {
    server = await startTestS3();
    tools = testTools(server, settings);
    outside = testTools(server, { ...settings, S3_PUBLIC_ENDPOINT: 'https://files.example.org' });
    for (const Bucket of ['data', 'archive', 'other']) {
      await server.client.send(new CreateBucketCommand({ Bucket }));
      const Metadata = { owner: 'Ada' };
      const page = { Body: '<b>eins</b>', ContentType: 'text/html', Metadata };
      await server.client.send(new PutObjectCommand({ Bucket, Key: 'größe & 1+1.html', ...page }));
    }
  });

  afterAll(async () => {
    await tools?.[Symbol.asyncDispose]();
    await outside?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  const page = { bucket_name: 'data', object_name: 'größe & 1+1.html' };
  const link = (more: object = {}, from = tools) => from.call('minio_presign_object', { ...page, ...more });

  test('what the store knows of an object is told, without its content', async () => {
    const { data, text } = await tools.call('minio_stat_object', page);
    expect(data).toMatchObject({
      size_bytes: 11,
      content_type: 'text/html',
      etag: expect.stringMatching(/^[0-9a-f]{32}$/),
      modified: expect.stringMatching(/^\d{4}-/),
      metadata: { 'x-amz-meta-owner': 'Ada' },
    });
    expect(text).toContain('x-amz-meta-owner: Ada');
    expect(text).not.toContain('eins');
  });

  test('a link downloads, as a file, without any key of ours', async () => {
    const { data, text } = await link({ expires_seconds: 120 });
    const answer = await fetch(String(data['url']));
    expect(await answer.text()).toBe('<b>eins</b>');
    expect(answer.headers.get('content-disposition')).toBe('attachment');
    expect(Date.parse(String(data['expires'])) - Date.now()).toBeLessThanOrEqual(120_000);
    expect(text).not.toContain(server.secretKey);
    expect(text).toContain('S3_PUBLIC_ENDPOINT');
  });

  test('a link of one object opens no other and writes nothing', async () => {
    const url = String((await link()).data['url']);
    expect((await fetch(url.replace('/data/', '/other/'))).status).toBe(403);
    expect((await fetch(url, { method: 'PUT', body: 'x' })).status).toBe(403);
    expect((await fetch(url.replace(/X-Amz-Expires=\d+/, 'X-Amz-Expires=9999'))).status).toBe(403);
  });

  test('a link for an upload takes a file', async () => {
    const { data } = await link({ object_name: 'new.txt', use: 'upload' });
    expect(data['method']).toBe('PUT');
    expect((await fetch(String(data['url']), { method: 'PUT', body: 'zwei' })).status).toBe(200);
    const stored = await server.client.send(new GetObjectCommand({ Bucket: 'data', Key: 'new.txt' }));
    expect(await stored.Body?.transformToString()).toBe('zwei');
  });

  test('links lead to where people reach the store', async () => {
    const { data, text } = await link({}, outside);
    expect(String(data['url'])).toMatch(/^https:\/\/files\.example\.org\/data\/gr%C3%B6%C3%9Fe%20%26%201%2B1\.html\?/);
    expect(text).not.toContain('S3_PUBLIC_ENDPOINT');
  });

  test.each<[string, object, RegExp]>([
    ['of what is not there', { object_name: 'none' }, /no object/i],
    ['of another bucket', { bucket_name: 'other' }, /^Refused: .*not among those/],
    [
      'for writing where only reading is allowed',
      { bucket_name: 'archive', use: 'upload' },
      /^Refused: .*only be read/,
    ],
    ['for longer than allowed', { expires_seconds: 601 }, /^Wrong arguments.*600/],
    ['for no time', { expires_seconds: 0 }, /^Wrong arguments/],
    ['of a folder', { object_name: 'x/', use: 'upload' }, /names a folder/],
    ['of a way up', { object_name: '../other/x' }, /as a part/],
    ['without a name', { object_name: '' }, /has a name/],
  ])('a link %s is refused', async (_, more, said) => {
    expect(await link(more)).toMatchObject({ failed: true, text: expect.stringMatching(said) });
  });

  test.each([{ object_name: 'none' }, { bucket_name: 'other' }, { object_name: '' }, { object_name: '../x' }])(
    'facts of %o are refused',
    async (more) => {
      expect(await tools.call('minio_stat_object', { ...page, ...more })).toMatchObject({ failed: true });
    },
  );
});
