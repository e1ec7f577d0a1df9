import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe } from 'vitest';
import { loadCorpus, type CorpusCase } from '#test/lib/corpora.ts';
import { described, testCases, understood, type Vocabulary } from '#test/lib/corpus-cases.ts';
import { s3Missing, startTestS3, type TestS3 } from '#test/lib/s3.ts';
import * as ill from './testing/ill-server.ts';
import { testTools, type Answer, type TestTools } from './testing/tools.ts';

type Verdict = 'allow' | 'block' | 'error' | 'truncate' | 'timeout';

interface S3Case extends CorpusCase {
  op: string;
  expect: Verdict;
  accept?: Verdict[];
  harness?: string;
  contentBytes?: number;
}

interface StoredObject {
  bucket: string;
  key?: string;
  text?: string;
  bytes?: number;
  note?: string;
  prefix?: string;
  count?: number;
}

interface Setup {
  allowedBuckets: string[];
  readOnlyBuckets: string[];
  forbiddenBucketsThatExist: string[];
  objects: StoredObject[];
}

const CANARY = 'CANARY-S3';
const MAX_GROWTH = 200 * 1024 ** 2;

/** The tool for each operation. Nobody can do an operation that has no tool. */
const toolFor: Record<string, string> = {
  list: 'minio_list_objects',
  get: 'minio_get_object',
  head: 'minio_get_object',
  put: 'minio_put_object',
};

const argumentFor: Record<string, string> = {
  bucket: 'bucket_name',
  key: 'object_name',
  maxKeys: 'max_keys',
  continuationToken: 'continuation_token',
  contentType: 'content_type',
};

/** Operations that must not exist at all. */
const withoutTool = ['copy', 'delete', 'delete-bucket', 'presign'];
/** The tools' own argument names, and some that no tool has. Those must be refused, or must not matter. */
const otherArguments =
  'prefix content delimiter metadata keys source expires method responseContentType endpoint region'.split(' ');
/** Fields that describe the case and are no arguments. */
const notArguments = new Set('id category op expect accept why note legalName harness contentBytes'.split(' '));
const verdicts = ['allow', 'block', 'error', 'truncate', 'timeout'];
const vocabulary: Vocabulary = {
  ...described,
  ...Object.fromEntries([...Object.keys(argumentFor), ...otherArguments].map((name) => [name, 'any'])),
  op: [...Object.keys(toolFor), ...withoutTool],
  expect: verdicts,
  accept: verdicts,
  harness: 'any',
  contentBytes: 'any',
  legalName: 'any',
};

/** Servers that break the rules, by the words that a case describes them with. */
const illnesses: Record<string, ill.Illness> = {
  '503 SlowDown three times then 200': ill.slowDownThrice,
  'checksum mismatch': ill.wrongChecksum,
  'content-length 10, body 5': ill.shortBody,
  'never answers': ill.neverAnswers,
  'xml 500 MB': ill.endlessDocument,
  'xml-xxe: the S3 server answers with a DOCTYPE and an external entity': ill.externalEntity,
};

function argsOf(entry: S3Case): Record<string, unknown> {
  const args: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(entry)) {
    if (!notArguments.has(field)) args[argumentFor[field] ?? field] = value;
  }
  if (entry.op === 'head') args['max_bytes'] = 0;
  // Each character takes three bytes: with one-byte characters the text could be longer than a string can be.
  if (entry.op === 'put') args['content'] ??= entry.contentBytes ? '漢'.repeat(entry.contentBytes / 3) : 'written';
  return args;
}

function verdictOf({ failed, text, data }: Answer): Verdict {
  if (!failed) return data['truncated'] === true ? 'truncate' : 'allow';
  if (text.includes('did not answer within')) return 'timeout';
  return /^(Refused: |Wrong arguments|There is no tool named )/.test(text) ? 'block' : 'error';
}

describe.skipIf(s3Missing !== undefined)(`s3 corpus${s3Missing ? ` (${s3Missing})` : ''}`, () => {
  let server: TestS3;
  let illServer: ill.IllServer;
  let usual: TestTools;
  let overIll: TestTools;
  let hasty: TestTools;

  beforeAll(async () => {
    server = await startTestS3();
    illServer = await ill.startIllServer();
    const { setup } = loadCorpus<S3Case>('s3.json') as unknown as { setup: Setup };
    await fill(server, setup);
    const buckets = {
      S3_BUCKETS: setup.allowedBuckets.join(','),
      S3_READ_ONLY_BUCKETS: setup.readOnlyBuckets.join(','),
    };
    usual = testTools(server, buckets);
    overIll = testTools(illServer, buckets);
    // Cases that never answer need a deadline that a test can wait for.
    hasty = testTools(illServer, { ...buckets, S3_TIMEOUT_MS: 500 });
  });

  afterAll(async () => {
    for (const each of [usual, overIll, hasty, illServer, server]) await each?.[Symbol.asyncDispose]();
  });

  testCases<S3Case>({
    name: 's3',
    cases: loadCorpus<S3Case>('s3.json').cases,
    vocabulary,
    async run(entry) {
      const before = process.memoryUsage().rss;
      const answer = await toolsFor(entry).call(toolFor[entry.op] ?? entry.op, argsOf(entry));
      const verdict = verdictOf(answer);
      const shown = JSON.stringify(answer);
      const problems = [
        [entry.expect, ...(entry.accept ?? [])].includes(verdict)
          ? undefined
          : `${verdict}, not ${entry.expect}: ${answer.text.slice(0, 200)}`,
        shown.includes(CANARY) ? 'shows the canary' : undefined,
        shown.includes('127.0.0.1') ? 'shows the endpoint' : undefined,
        verdict === 'truncate' && !/\[(?:Cut|Bytes)/.test(answer.text) ? 'was cut without a marker' : undefined,
        /failed inside/.test(answer.text) ? 'was not foreseen' : undefined,
        process.memoryUsage().rss - before > MAX_GROWTH ? 'took too much memory' : undefined,
      ];
      return problems.filter((problem) => problem !== undefined);
    },
  });

  function toolsFor({ harness, expect: verdict }: S3Case): TestTools {
    if (harness === undefined) return usual;
    illServer.setIllness(understood(illnesses, harness, 'harness'));
    return verdict === 'timeout' ? hasty : overIll;
  }
});

async function fill(server: TestS3, setup: Setup): Promise<void> {
  const buckets = new Set([...setup.allowedBuckets, ...setup.readOnlyBuckets, ...setup.forbiddenBucketsThatExist]);
  for (const Bucket of buckets) await server.client.send(new CreateBucketCommand({ Bucket }));
  for (const entry of setup.objects) {
    if (entry.count !== undefined) putMany(server, entry.bucket, entry.prefix ?? '', entry.count);
    else await putOne(server, entry);
  }
}

async function putOne(server: TestS3, { bucket, key = '', text, bytes = 0, note }: StoredObject): Promise<void> {
  const gzip = note?.includes('gzip') ?? false;
  const Body = gzip ? inflatesToGigabyte() : (text ?? Buffer.alloc(Math.min(bytes, 65_536), bytes === 4096 ? 0 : 'x'));
  const encoding = gzip ? { ContentEncoding: 'gzip' } : {};
  const put = server.client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body, ...encoding }));
  // A server may refuse a key with dots as a segment; then nobody can have such an object.
  await put.catch((error: Error) => {
    if (!key.split('/').includes('..')) throw error;
  });
  if (bytes > 65_536) truncateSync(path.join(server.dataDir, bucket, key), bytes);
}

/** Members of a gzip file may follow each other (RFC 1952, 2.2). */
function inflatesToGigabyte(): Buffer {
  const member = gzipSync(Buffer.alloc(16 * 1024 ** 2));
  return Buffer.concat(Array.from({ length: 64 }, () => member));
}

/** Writes the objects as files: putting that many one by one would take longer than all the cases. */
function putMany({ dataDir }: TestS3, bucket: string, prefix: string, count: number): void {
  const folder = path.join(dataDir, bucket, prefix);
  mkdirSync(folder, { recursive: true });
  for (let index = 0; index < count; index += 1) writeFileSync(path.join(folder, `${index}.txt`), '');
}
