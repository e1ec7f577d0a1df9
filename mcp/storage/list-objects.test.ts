import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { s3Missing, startTestS3, type TestS3 } from '#test/lib/s3.ts';
import { testTools, type TestTools } from './testing/tools.ts';

describe.skipIf(s3Missing !== undefined)(`buckets and lists${s3Missing ? ` (${s3Missing})` : ''}`, () => {
  let server: TestS3;
  let tools: TestTools;

  beforeAll(async () => {
    server = await startTestS3();
    tools = testTools(server);
    for (const Bucket of ['alpha', 'beta', 'empty']) await server.client.send(new CreateBucketCommand({ Bucket }));
    const put = (Key: string) => server.client.send(new PutObjectCommand({ Bucket: 'alpha', Key, Body: 'text' }));
    for (const key of ['a b+c.txt', 'logs/1', 'logs/2', 'logs/3', 'ö/漢.txt', ' leading']) await put(key);
  });

  afterAll(async () => {
    await tools?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  test('buckets in order; only those that are configured; read-only ones say so', async () => {
    expect((await tools.call('minio_list_buckets')).text).toBe('alpha\nbeta\nempty');
    await using few = testTools(server, { S3_BUCKETS: 'beta', S3_READ_ONLY_BUCKETS: 'alpha' });
    const { text, data } = await few.call('minio_list_buckets');
    expect(text).toBe('alpha (read only)\nbeta');
    expect(data).toMatchObject({ truncated: false, buckets: [{ name: 'alpha', writable: false }, { name: 'beta' }] });
    expect((await few.call('minio_list_objects', { bucket_name: 'empty' })).text).toMatch(/^Refused: .*not among/);
  });

  test('names as they are, with sizes; a prefix narrows', async () => {
    const { text, data } = await tools.call('minio_list_objects', { bucket_name: 'alpha', prefix: 'logs/' });
    expect(text.split('\n').map((line) => line.split('  ').slice(0, 2))).toEqual([
      ['logs/1', '4 bytes'],
      ['logs/2', '4 bytes'],
      ['logs/3', '4 bytes'],
    ]);
    expect(data).toMatchObject({ bucket: 'alpha', truncated: false });
    const all = await tools.call('minio_list_objects', { bucket_name: 'alpha' });
    expect(all.text).toMatch(/^" leading"/);
    expect(all.text).toContain('\na b+c.txt  4 bytes');
    expect(all.text).toContain('\nö/漢.txt  4 bytes');
  });

  test('pages join without gap or double, whatever cuts them', async () => {
    await using narrow = testTools(server, { S3_MAX_READ_BYTES: 1024 });
    const long = (index: number) => `long/${String(index).padStart(3, '0')}${'x'.repeat(240)}`;
    for (let index = 0; index < 12; index += 1)
      await server.client.send(new PutObjectCommand({ Bucket: 'beta', Key: long(index), Body: '.' }));
    const names: string[] = [];
    let token: string | undefined;
    do {
      const args = { bucket_name: 'beta', max_keys: 5, ...(token ? { continuation_token: token } : {}) };
      const { text, data } = await narrow.call('minio_list_objects', args);
      const objects = data['objects'] as { name: string }[];
      expect(objects.length).toBeLessThanOrEqual(3);
      names.push(...objects.map(({ name }) => name));
      token = data['continuation_token'] as string | undefined;
      expect(data['truncated']).toBe(token !== undefined);
      if (token) expect(text).toContain(`Go on with continuation_token="${token}"`);
    } while (token);
    expect(names).toEqual(Array.from({ length: 12 }, (_, index) => long(index)));
  });

  test('empty, missing, and a token that is none', async () => {
    const list = (args: object) => tools.call('minio_list_objects', args);
    expect((await list({ bucket_name: 'empty' })).text).toBe('[The bucket is empty.]');
    expect((await list({ bucket_name: 'alpha', prefix: 'nope' })).text).toBe('[No object\'s name begins with "nope".]');
    expect(await list({ bucket_name: 'missing' })).toMatchObject({
      failed: true,
      text: expect.stringContaining('There is no bucket "missing"'),
    });
    expect(await list({ bucket_name: 'alpha', continuation_token: 'x' })).toMatchObject({ failed: true });
    expect((await list({ bucket_name: 'alpha', prefix: '../beta' })).text).toMatch(/^Refused: /);
  });

  test('a wrong secret key is refused by the server and told as such', async () => {
    await using wrong = testTools({ ...server, secretKey: 'something else' });
    const { failed, text } = await wrong.call('minio_list_buckets');
    expect(failed).toBe(true);
    expect(text).toContain('the operator must check S3_ACCESS_KEY');
    await expect(wrong.check()).rejects.toThrow(/S3_ENDPOINT=.*SignatureDoesNotMatch/);
    await expect(tools.check()).resolves.toBeUndefined();
  });
});
