import { mkdir, open, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { memoryCgroupMissing } from '#test/lib/memory-cgroup.ts';
import { s3Missing, startTestS3, type TestS3 } from '#test/lib/s3.ts';
import { endsOf, others } from './ends.ts';
import { parts, startIllS3 } from './ill-s3.ts';
import { long, startLimitedRunner, type LimitedRunner } from './limited.ts';

const missing = memoryCgroupMissing ?? s3Missing;
const why = missing === undefined ? '' : ` (${missing})`;
const atOnce = long ? 256 : 48;

/** The most is what an operator may set. */
const mostBytes = [1_000_000, 4_000_000, 16_777_216];

type Ill = [part: keyof typeof parts, bytes: number];

const illLists: Ill[] = [
  ['objects', Infinity],
  ['objects', 2_700_000],
  ['entities', 15_000_000],
  ['entities', 1_100_000],
  ['text', 15_000_000],
  ['elements in each other', 15_000_000],
  ['attributes', 15_000_000],
];

describe.skipIf(missing !== undefined)(`tool-runner-storage in its container's memory ${why}`, () => {
  let server: TestS3;

  beforeAll(async () => {
    server = await startTestS3();
    const bucket = path.join(server.dataDir, 'heavy');
    await mkdir(bucket);
    await using whole = await open(path.join(bucket, 'whole.txt'), 'w');
    await whole.truncate(5_000_000_000);
    await writeFile(path.join(bucket, 'text.txt'), 'é'.repeat(30_000_000));
    await longNames(bucket, long ? 3_000 : 1_000);
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  const settings = () => ({
    S3_ENDPOINT: server.endpoint,
    S3_ACCESS_KEY: server.accessKey,
    S3_SECRET_KEY: server.secretKey,
  });
  const call = (runner: LimitedRunner, name: string, more: (n: number) => object) =>
    callAtOnce(runner, name, atOnce, more);

  test('very large objects, many at once', { timeout: 240_000 }, async () => {
    await using runner = await startLimitedRunner('storage', settings());
    const objects = ['text.txt', 'whole.txt'];
    const read = (n: number) => ({ object_name: objects[n % 2], offset: n % 3 === 0 ? 0 : n * 500_000 });
    const ends = await call(runner, 'minio_get_object', read);
    await runner.requireAlive('parts of objects of 60 MB and 5 GB');
    expect(others(ends, /é|hexadecimal|shorter than that offset/)).toEqual([]);
  });

  test.each(long ? mostBytes : mostBytes.slice(0, 1))(
    'parts of %d bytes, many at once',
    { timeout: 240_000 },
    async (bytes) => {
      const most = { S3_MAX_READ_BYTES: String(bytes), RESULT_MAX_BYTES: '50000000' };
      await using runner = await startLimitedRunner('storage', { ...settings(), ...most });
      const ends = await callAtOnce(runner, 'minio_get_object', 32, () => ({ object_name: 'text.txt' }));
      await runner.requireAlive(`parts of ${bytes / 1e6} MB`);
      expect(others(ends, /é|[Tt]ry again/)).toEqual([]);
    },
  );

  test('pages of the longest names, many at once', { timeout: 240_000 }, async () => {
    await using runner = await startLimitedRunner('storage', settings());
    const ends = await call(runner, 'minio_list_objects', () => ({ max_keys: 1_000 }));
    await runner.requireAlive('lists of names of 1,000 bytes');
    expect(others(ends, listEnds)).toEqual([]);
  });

  test('the largest contents, many at once', { timeout: 240_000 }, async () => {
    await using runner = await startLimitedRunner('storage', { ...settings(), S3_MAX_WRITE_BYTES: '4200000' });
    const content = '頁'.repeat(1_380_000);
    const ends = await call(runner, 'minio_put_object', (n) => ({ object_name: `${n % 4}.txt`, content }));
    await runner.requireAlive('writes of 4 MB');
    expect(others(ends, /Wrote|busy/)).toEqual([]);
  });

  const ill = long ? illLists : illLists.slice(0, 1);

  test.each(ill)('a server that sends lists of %s, %d bytes', { timeout: 240_000 }, async (part, bytes) => {
    await using server = await startIllS3(parts[part], bytes);
    await using runner = await startLimitedRunner('storage', { ...settings(), S3_ENDPOINT: server.endpoint });
    const ends = await callAtOnce(runner, 'minio_list_objects', 32, () => ({}));
    await runner.requireAlive(`lists of ${part}, ${bytes / 1e6} MB`);
    expect(others(ends, listEnds)).toEqual([]);
  });
});

/** An answer, or a refusal that says what to do. */
const listEnds =
  /objects? (are|is) shown| bytes|bucket is empty|far too large|ill now|[Tt]ry again|Try once more|cannot be understood/;

async function callAtOnce(
  runner: LimitedRunner,
  name: string,
  count: number,
  more: (n: number) => object,
): Promise<string[]> {
  const client = await runner.client(name);
  const calls = Array.from({ length: count }, (_, n) =>
    client.callTool({ name, arguments: { bucket_name: 'heavy', ...more(n) } }, { timeout: 200_000 }),
  );
  return endsOf(calls);
}

/** Keys as long as S3 has them: 1,024 bytes. A folder's name has 255 at most. */
async function longNames(bucket: string, count: number): Promise<void> {
  const folder = path.join(bucket, ...Array.from({ length: 4 }, () => '頁'.repeat(80)));
  await mkdir(folder, { recursive: true });
  for (let n = 0; n < count; n += 1) await writeFile(path.join(folder, `${n}.txt`), '');
}
