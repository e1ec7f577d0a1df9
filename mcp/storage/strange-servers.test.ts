import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encode } from '#mcp/text/charsets.ts';
import * as ill from './testing/ill-server.ts';
import { testTools, type TestTools } from './testing/tools.ts';

let server: ill.IllServer;
let tools: TestTools;

beforeAll(async () => {
  server = await ill.startIllServer();
  tools = testTools(server);
});

afterAll(async () => {
  await tools?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

type Reply = [status: number, headers: Record<string, string>, body: string | Buffer];

function answers(reply: Reply): void {
  server.setIllness((response) => response.writeHead(reply[0], reply[1]).end(reply[2]));
}

const xml = { 'content-type': 'application/xml' };
const page = '<!doctype html><html><body>Please <br>log in</body></html>';
const error = (code: string, more = ''): string => `<?xml version="1.0"?><Error><Code>${code}</Code>${more}</Error>`;
const listing = (inner: string): string => `<ListBucketResult><Name>data</Name>${inner}</ListBucketResult>`;

const calls: [tool: string, args: object][] = [
  ['minio_list_objects', { bucket_name: 'data' }],
  ['minio_list_buckets', {}],
  ['minio_get_object', { bucket_name: 'data', object_name: 'x' }],
  ['minio_get_object', { bucket_name: 'data', object_name: 'x', max_bytes: 0 }],
  ['minio_put_object', { bucket_name: 'data', object_name: 'x', content: 'x' }],
];

describe.each(calls)('%s %o', (tool, args) => {
  test.each<[string, Reply]>([
    ['a page', [200, { 'content-type': 'text/html' }, page]],
    ['a page that knows nothing', [404, { 'content-type': 'text/html' }, page]],
    ['a page with another case of its type', [200, { 'content-type': 'Text/HTML; Charset=utf-8' }, page]],
  ])('%s in place of an answer is no S3 server', async (_, reply) => {
    answers(reply);
    const { failed, text } = await tools.call(tool, args);
    expect([failed, text]).toEqual([true, expect.stringContaining('is no S3 server')]);
    expect(text).toContain('S3_ENDPOINT');
    expect(text).not.toMatch(/empty|no buckets|Wrote/);
  });
});

describe.each(calls.slice(0, 2))('%s %o', (tool, args) => {
  test.each<[string, Reply]>([
    ['nothing', [200, {}, '']],
    ['nothing but space', [200, xml, ' \n ']],
    ['JSON', [200, { 'content-type': 'application/json' }, '{"ok":true}']],
    ['a page called XML', [200, xml, page]],
    ['text', [200, { 'content-type': 'text/plain' }, 'It works!']],
    ['another document', [200, xml, '<?xml version="1.0"?><rss><channel/></rss>']],
    ['a page that refuses', [403, { 'content-type': 'text/html' }, page]],
    ['a page that knows nothing', [404, { 'content-type': 'text/html' }, page]],
    ['JSON that knows nothing', [404, { 'content-type': 'application/json' }, '{"error":"no"}']],
  ])('%s is no S3 server', async (_, reply) => {
    answers(reply);
    const { failed, text } = await tools.call(tool, args);
    expect([failed, text]).toEqual([true, expect.stringContaining('is no S3 server')]);
  });

  test.each<[string, Reply, string]>([
    [
      'a list that breaks off',
      [200, xml, '<?xml version="1.0"?><ListBucketResult><Contents><Key>a'],
      'cut off or broken|no S3 server',
    ],
    ['a gateway without a server', [502, { 'content-type': 'text/html' }, page], 'overloaded or ill'],
    ['slow down', [503, xml, error('SlowDown')], 'fewer requests'],
    ['an error with status 200', [200, xml, error('InternalError')], 'overloaded or ill'],
    ['a redirect to a website', [302, { location: 'https://login.example/' }, ''], 'elsewhere'],
    [
      'another region',
      [301, { ...xml, 'x-amz-bucket-region': 'eu-west-1' }, error('PermanentRedirect')],
      'S3_REGION=eu-west-1',
    ],
    ['another region, without a document', [301, { 'x-amz-bucket-region': 'eu-west-1' }, ''], 'S3_REGION=eu-west-1'],
    ['another region for a while', [307, xml, error('TemporaryRedirect')], 'S3_REGION'],
    [
      'a region in the login',
      [400, xml, error('AuthorizationHeaderMalformed', '<Region>ap-south-1</Region>')],
      'S3_REGION=ap-south-1',
    ],
    [
      'a region that is none',
      [400, xml, error('AuthorizationHeaderMalformed', '<Region>a b&lt;c</Region>')],
      'check S3_ENDPOINT and S3_REGION',
    ],
    ['no access', [403, xml, error('AccessDenied')], 'no access'],
    ['a clock', [403, xml, error('RequestTimeTooSkewed')], 'clocks differ'],
    ['an unknown key', [403, xml, error('InvalidAccessKeyId')], 'does not know the access key'],
    ['a wrong secret', [403, xml, error('SignatureDoesNotMatch')], 'S3_SECRET_KEY'],
    ['an old login', [400, xml, error('ExpiredToken')], 'has run out'],
    ['names in the host', [403, xml, error('SecondLevelDomainForbidden')], 'in the host'],
    ['a bucket taken for an object', [404, xml, error('NoSuchKey')], 'seems to hold the name of a bucket'],
    ['something it cannot do', [501, xml, error('NotImplemented')], 'cannot do this'],
  ])('%s is told', async (_, reply, words) => {
    answers(reply);
    const { failed, text } = await tools.call(tool, args);
    expect([failed, text]).toEqual([true, expect.stringMatching(words)]);
    expect(text).not.toContain('127.0.0.1');
  });
});

test('an object that may not be read is not said to exist, and one that is absent is', async () => {
  answers([403, xml, error('AccessDenied')]);
  expect((await tools.call(...calls[2]!)).text).toMatch(/not allowed, or there is no such object/);
  answers([404, xml, error('NoSuchKey')]);
  expect((await tools.call(...calls[2]!)).text).toContain('There is no object "x"');
});

test('the region of a bucket is told where a HEAD request has no document', async () => {
  answers([301, { 'x-amz-bucket-region': 'eu-central-1' }, '']);
  expect((await tools.call(...calls[3]!)).text).toContain('S3_REGION=eu-central-1');
});

const list = (more: object = {}) => tools.call('minio_list_objects', { bucket_name: 'data', ...more });

test('odd fields cost themselves and no list', async () => {
  const odd = [
    '<KeyCount>many</KeyCount><MaxKeys/><IsTruncated>False</IsTruncated>',
    '<Contents><Key>a</Key><LastModified>yesterday</LastModified><Size>abc</Size></Contents>',
    '<Contents><Key>b</Key><LastModified>Wed, 21 Oct 2026 07:28:00 GMT</LastModified><Size>3</Size></Contents>',
    '<Contents><Key>c</Key><LastModified>2026-10-21 07:28:00</LastModified></Contents>',
    '<Contents><Size>3</Size></Contents><Contents><Key>d</Key><LastModified></LastModified><ETag/></Contents>',
  ];
  answers([200, xml, listing(odd.join(''))]);
  const { failed, text } = await list();
  expect(failed).toBe(false);
  expect(text.split('\n')).toEqual([
    'a  0 bytes',
    'b  3 bytes  2026-10-21T07:28:00.000Z',
    'c  0 bytes  2026-10-21T07:28:00.000Z',
    'd  0 bytes',
  ]);
});

test('an odd field is mended wherever the connection cuts it', async () => {
  const document = listing('<Contents><Key>a</Key><LastModified>never</LastModified><Size>7</Size></Contents>');
  server.setIllness((response) => {
    response.writeHead(200, xml);
    for (const letter of document) response.write(letter);
    response.end();
  });
  expect((await list()).text).toBe('a  7 bytes');
});

test('empty is said of a bucket that was read and is empty, and of nothing else', async () => {
  answers([200, xml, listing('<KeyCount>0</KeyCount><IsTruncated>false</IsTruncated>')]);
  expect((await list()).text).toBe('[The bucket is empty.]');
  answers([200, xml, listing('<KeyCount>5</KeyCount><IsTruncated>true</IsTruncated>')]);
  expect((await list()).text).toContain('says that there are objects, but it names none');
});

test('a store that says nothing of more, or knows no place to go on from, does not lead in circles', async () => {
  const objects = listing('<Contents><Key>a</Key></Contents><Contents><Key>b</Key></Contents>');
  answers([200, xml, objects]);
  const first = await list({ max_keys: 2 });
  expect(first.data).toMatchObject({ truncated: true, continuation_token: expect.any(String) });
  const token = first.data['continuation_token'];
  expect((await list({ max_keys: 2, continuation_token: token })).text).toBe('[No more objects.]');
  answers([200, xml, objects.replace('<Contents>', '<IsTruncated>true</IsTruncated><Contents>')]);
  expect((await list({ continuation_token: token })).text).toContain('cannot go on');
});

const text = 'name,qty\nMüller,3\n';
const get = (more: object = {}) => tools.call('minio_get_object', { bucket_name: 'data', object_name: 'x', ...more });

test.each<[string, Buffer]>([
  ['aws-chunked', Buffer.from(text)],
  ['identity', Buffer.from(text)],
  ['UTF-8', Buffer.from(text)],
  ['', Buffer.from(text)],
  ['none', Buffer.from(text)],
  ['gzip', gzipSync(text)],
  ['GZIP', gzipSync(text)],
  ['x-gzip', gzipSync(text)],
  ['aws-chunked,gzip', gzipSync(text)],
  ['gzip, aws-chunked', gzipSync(text)],
  ['deflate', deflateSync(text)],
  ['br', brotliCompressSync(text)],
  ['zstd', zstdCompressSync(text)],
  ['gzip, br', brotliCompressSync(gzipSync(text))],
])('text stored as "%s" is read', async (coding, body) => {
  const length = String(body.length);
  answers([200, { 'content-type': 'text/csv', 'content-encoding': coding, 'content-length': length }, body]);
  expect(await get()).toMatchObject({ failed: false, text, data: { kind: 'text', size_bytes: body.length } });
});

test('the end of an object without a length is seen, and that it goes on', async () => {
  answers([200, { 'content-type': 'text/plain' }, text]);
  expect(await get()).toMatchObject({ text, data: { truncated: false } });
  answers([200, { 'content-type': 'text/plain' }, text.repeat(10_000)]);
  expect((await get()).data).toMatchObject({ truncated: true });
});

test('text stored as packed that is not is shown, and that is said', async () => {
  answers([200, { 'content-type': 'text/csv', 'content-encoding': 'gzip' }, text]);
  const { data, text: said } = await get();
  expect(data['content']).toBe(text);
  expect(said).toContain('stored as gzip (Content-Encoding), which it is not');
});

test('packed text comes in parts of its unpacked content', async () => {
  const long = Array.from({ length: 20_000 }, (_, index) => `line ${index}\n`).join('');
  answers([200, { 'content-type': 'text/plain', 'content-encoding': 'gzip' }, gzipSync(long)]);
  let joined = '';
  for (let offset: unknown = 0; offset !== undefined;) {
    const { data } = await get({ offset });
    joined += String(data['content']);
    offset = data['truncated'] === true ? data['to_byte'] : undefined;
  }
  expect(joined).toBe(long);
  expect((await get({ offset: 100_000_000 })).text).toContain('smaller offset');
  expect((await get({ offset: 1_000_000 })).text).toContain('shorter than that offset');
});

test('what cannot be unpacked is described', async () => {
  answers([200, { 'content-encoding': 'compress' }, Buffer.from('1f9d9000', 'hex')]);
  expect((await get()).data['kind']).toBe('binary');
});

test.each([
  ['text/plain; charset=shift_jis', 'shift_jis', '日本語\n'],
  ['text/plain; charset="Shift_JIS"', 'shift_jis', '日本語\n'],
  ['text/plain;charset=utf-16le', 'utf-16le', 'ab日本\n'],
  ['text/csv; header=present; charset=windows-1251', 'windows-1251', 'Имя\n'],
  ['text/plain; charset=iso-8859-1', 'utf-8', 'Müller, declared wrongly\n'],
  ['text/plain; charset=nonsense', 'utf-8', 'Müller\n'],
  ['application/octet-stream', 'utf-8', 'plain text\n'],
  ['image/png', 'utf-8', 'no picture\n'],
])('the charset of "%s" is used where the bytes agree', async (type, charset, content) => {
  answers([200, { 'content-type': type }, encode(content, charset).bytes!]);
  expect((await get()).data).toMatchObject({ kind: 'text', content });
});

test('a guess is said, and another encoding can be asked for', async () => {
  answers([200, {}, encode('привет мир\n', 'windows-1251').bytes!]);
  expect((await get()).text).toMatch(/^привет мир\n[^]*windows-1251 is a guess.*encoding=/);
  expect((await get({ encoding: 'koi8-r' })).data['content']).not.toContain('привет');
  expect(await get({ encoding: 'klingon' })).toMatchObject({ failed: true, text: expect.stringContaining('utf-8') });
});

test('a server that sends a header of AWS knows no such object, whatever type its answer has', async () => {
  // moto answers a HEAD of what is not there so.
  answers([404, { 'content-type': 'text/html; charset=utf-8', 'x-amzn-requestid': 'a1' }, '']);
  const { failed, text } = await tools.call('minio_stat_object', { bucket_name: 'data', object_name: 'nope' });
  expect([failed, text]).toEqual([true, expect.stringContaining('There is no object "nope"')]);
});
