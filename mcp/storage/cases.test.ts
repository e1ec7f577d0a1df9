import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll } from 'vitest';
import { encode } from '#mcp/text/charsets.ts';
import { loadCases, type CaseFile } from '#test/lib/corpora.ts';
import { testCases, understood, type Vocabulary } from '#test/lib/corpus-cases.ts';
import * as ill from './testing/ill-server.ts';
import { testTools, type TestTools } from './testing/tools.ts';

interface StorageCase extends CaseFile {
  input: {
    headers?: Record<string, string>;
    body?: string;
    'GET /bucket?list-type=2'?: { status: number; 'content-type': string; body: string };
  };
}

const vocabulary: Vocabulary = {
  id: 'any',
  why: 'any',
  area: ['storage'],
  severity: 'any',
  reference: 'any',
  situation: 'any',
  how_to_run: /^A stand-in S3 server at S3_ENDPOINT answers with this; call the storage tool/,
  input: {
    headers: 'any',
    body: 'any',
    'GET /bucket?list-type=2': { status: 'any', 'content-type': 'any', body: 'any' },
  },
  expected: 'any',
  neighbours: { what: 'any', expected: 'any' },
};

type Play = [tool: string, status: number, headers: Record<string, string>, body: string | Buffer];

const text = 'name,qty\nMüller,3\n';
const page = '<!doctype html><html><body>Please log in</body></html>';
const stored = (headers: Record<string, string>, body: string | Buffer): Play => [
  'minio_get_object',
  200,
  headers,
  body,
];

/** What each neighbour is answered with. */
const neighbours: Record<string, Play[]> = {
  '200 with an empty body': [['minio_list_objects', 200, {}, '']],
  'list of buckets likewise': [
    ['minio_list_buckets', 200, { 'content-type': 'text/html' }, page],
    ['minio_list_buckets', 200, {}, ''],
  ],
  'gzip (stored so by the CLI or a log shipper)': [
    stored({ 'content-encoding': 'gzip' }, gzipSync(text)),
    stored({ 'content-encoding': 'aws-chunked,gzip' }, gzipSync(text)),
  ],
  'charset=shift_jis or utf-16le in content-type': [
    stored({ 'content-type': 'text/plain; charset=shift_jis' }, encode('日本語', 'shift_jis').bytes!),
    stored({ 'content-type': 'text/plain; charset=utf-16le' }, encode('ab日本語', 'utf-16le').bytes!),
  ],
};

const error = /no S3 server.*S3_ENDPOINT/;
const meanings: Record<string, RegExp> = {
  'An error: what answers is no S3 server, check S3_ENDPOINT. Never "[The bucket is empty.]", which is a false fact.':
    error,
  error,
  'The text (now: "binary data … cannot be read as text" with hex).': /^name,qty\nMüller,3\n/,
  'unpacked within the limits, or said that it is compressed text; aws-chunked,gzip likewise': /^name,qty\nMüller,3\n/,
  used: /日本語/,
};

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

testCases<StorageCase>({
  name: 'cases of objects',
  cases: loadCases<StorageCase>('storage-'),
  vocabulary,
  async run({ input, expected, neighbours: others }) {
    const list = input['GET /bucket?list-type=2'];
    const own: Play = list
      ? ['minio_list_objects', list.status, { 'content-type': list['content-type'] }, list.body]
      : stored(input.headers ?? {}, input.body ?? '');
    const problems = await problemsOf('the case', [own], expected);
    for (const { what, expected: wanted } of others)
      problems.push(...(await problemsOf(what, understood(neighbours, what, 'neighbour'), wanted)));
    return problems;
  },
});

const args: Record<string, object> = {
  minio_list_buckets: {},
  minio_list_objects: { bucket_name: 'bucket' },
  minio_get_object: { bucket_name: 'bucket', object_name: 'x' },
};

async function problemsOf(what: string, plays: Play[], expected: string): Promise<string[]> {
  const wanted = understood(meanings, expected, 'expected');
  const problems: string[] = [];
  for (const [tool, status, headers, body] of plays) {
    server.setIllness((response) => response.writeHead(status, headers).end(body));
    const said = (await tools.call(tool, args[tool])).text;
    if (!wanted.test(said)) problems.push(`${what}: ${said.slice(0, 300)}`);
  }
  return problems;
}
