import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { s3Missing, startTestS3, type TestS3 } from '#test/lib/s3.ts';
import { testTools, type TestTools } from './testing/tools.ts';

const lines = Array.from({ length: 400 }, (_, index) => `Zeile ${index}: Öl\n`).join('');

describe.skipIf(s3Missing !== undefined)(`reading objects${s3Missing ? ` (${s3Missing})` : ''}`, () => {
  let server: TestS3;
  let tools: TestTools;

  beforeAll(async () => {
    server = await startTestS3();
    tools = testTools(server, { S3_MAX_READ_BYTES: 2_000 });
    await server.client.send(new CreateBucketCommand({ Bucket: 'data' }));
    const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
    await put('lines.txt', lines, { ContentType: 'text/plain; charset=utf-8' });
    await put('picture', Buffer.concat([png, Buffer.alloc(3_000, 7)]), { ContentType: 'image/png' });
    await put('packed.json', Buffer.from('1f8b0800', 'hex'), { ContentEncoding: 'gzip' });
    await put('empty', Buffer.alloc(0), { ContentLength: 0 });
    await put('a b+c & 100%.txt', 'odd');
    await put('latin1.txt', Buffer.from('M\u00fcnchen', 'latin1'));
  });

  afterAll(async () => {
    await tools?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  function put(Key: string, Body: string | Buffer, more: object = {}): Promise<unknown> {
    return server.client.send(new PutObjectCommand({ Bucket: 'data', Key, Body, ...more }));
  }

  const get = (object_name: string, more: object = {}) =>
    tools.call('minio_get_object', { bucket_name: 'data', object_name, ...more });

  test('the parts of a long text join to the whole', async () => {
    let offset: number | undefined = 0;
    let joined = '';
    while (offset !== undefined) {
      const { text, data } = await get('lines.txt', { offset });
      expect(data['content']).not.toContain('\uFFFD');
      joined += data['content'] as string;
      const next: number | undefined = data['truncated'] === true ? (data['to_byte'] as number) : undefined;
      if (next !== undefined) expect(text).toContain(`Go on with offset=${next}`);
      offset = next;
    }
    expect(joined).toBe(lines);
  });

  test('max_bytes gives fewer bytes, never more than the limit; 0 gives the facts only', async () => {
    const { data } = await get('lines.txt', { max_bytes: 100 });
    expect(data).toMatchObject({ kind: 'text', truncated: true, size_bytes: Buffer.byteLength(lines) });
    expect(data['to_byte']).toBeLessThanOrEqual(100);
    expect((await get('lines.txt', { max_bytes: 10_000_000 })).data['to_byte']).toBeLessThanOrEqual(2_000);
    const facts = await get('lines.txt', { max_bytes: 0 });
    expect(facts.data).toMatchObject({ kind: 'metadata', content: '', content_type: 'text/plain; charset=utf-8' });
    expect(facts.text).toMatch(/^"lines\.txt": \d+ bytes, text\/plain/);
  });

  test('binary objects are described', async () => {
    const picture = await get('picture');
    expect(picture.data).toMatchObject({ kind: 'binary', size_bytes: 3_016, to_byte: 64, truncated: true });
    expect(picture.text).toContain('is a PNG image, 3016 bytes (stored as image/png)');
    expect(picture.text.length).toBeLessThan(400);
    const packed = await get('packed.json');
    expect(packed.data['kind']).toBe('binary');
    expect(packed.text).toContain('gzip');
  });

  test('odd names, other encodings, empty objects', async () => {
    expect((await get('a b+c & 100%.txt')).text).toBe('odd');
    expect((await get('latin1.txt')).data['content']).toBe('München');
    expect(await get('empty')).toMatchObject({ text: '[The object is empty.]', data: { size_bytes: 0 } });
  });

  test('what is missing or out of reach is a sentence', async () => {
    const sentence = async (name: string, more: object = {}) => {
      const { failed, text } = await get(name, more);
      expect(failed).toBe(true);
      return text;
    };
    expect(await sentence('nope')).toContain('There is no object "nope" in the bucket "data"');
    expect(await sentence('nope', { max_bytes: 0 })).toContain('There is no object "nope"');
    expect(await sentence('latin1.txt', { offset: 100 })).toContain('shorter than that offset');
    expect(await sentence('a/../../other/secret')).toMatch(/^Refused: .*"\.\."/);
    expect(await sentence('')).toMatch(/^Refused: /);
  });
});
