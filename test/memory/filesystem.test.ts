import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { memoryCgroupMissing } from '#test/lib/memory-cgroup.ts';
import { endsOf, others } from './ends.ts';
import { long, startLimitedRunner, why } from './limited.ts';

/** Just within REQUEST_MAX_BYTES. */
const contentBytes = 4_100_000;
const atOnce = long ? 64 : 16;
const names = long ? 100_000 : 10_000;

const reads = [
  ['parts of files of 60 MB and 5 GB', {}],
  ['parts of 16 MB', { FILESYSTEM_MAX_READ_BYTES: '16777216', RESULT_MAX_BYTES: '50000000' }],
] as const;

describe.skipIf(memoryCgroupMissing !== undefined)(`tool-runner-filesystem in its container's memory${why}`, () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'dragoman-memory-'));
    await writeFile(path.join(folder, 'large.txt'), 'é'.repeat(30_000_000));
    await using file = await open(path.join(folder, 'larger.bin'), 'w');
    await file.truncate(5_000_000_000);
    await deepTree(folder);
    await wideFolder(path.join(folder, 'wide'));
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function run(work: string, name: string, args: (n: number) => object, env: Record<string, string> = {}) {
    await using runner = await startLimitedRunner('filesystem', { FILESYSTEM_ROOT: folder, ...env });
    const client = await runner.client(name);
    const call = (n: number) => client.callTool({ name, arguments: { ...args(n) } }, { timeout: 200_000 });
    const ends = await endsOf(Array.from({ length: atOnce }, (_, n) => call(n)));
    await runner.requireAlive(work);
    return ends;
  }

  test('very many of the largest requests at once are answered or told to wait', { timeout: 240_000 }, async () => {
    const content = '頁'.repeat(contentBytes / 3);
    const settings = { FILESYSTEM_MAX_WRITE_BYTES: '4200000' };
    const ends = await run('writes of 4 MB', 'write_file', (n) => ({ path: `${n % 4}.txt`, content }), settings);
    expect(others(ends, /Created|Replaced|busy/)).toEqual([]);
    expect(ends.some((text) => /Created|Replaced/.test(text))).toBe(true);
  });

  test.each(long ? reads : reads.slice(-1))('%s, as many as run at once', { timeout: 240_000 }, async (work, env) => {
    const files = ['large.txt', 'larger.bin'];
    const part = (n: number) => [{}, { tail: 100_000 }, { head: 100_000 }, { offset: n * 1_000 }][n % 4];
    const ends = await run(work, 'read_file', (n) => ({ path: files[n % 2], ...part(n) }), env);
    expect(others(ends, /é|hexadecimal/)).toEqual([]);
  });

  test('folders with very many names', { timeout: 240_000 }, async () => {
    const ends = await run(`lists of ${names} names`, 'list_directory', () => ({ path: 'wide' }));
    expect(others(ends, /entries are shown/)).toEqual([]);
  });

  test('searches of everything by patterns that cost much', { timeout: 240_000 }, async () => {
    const patterns = [
      '**/**/**/**/**/*x',
      `${'*a'.repeat(200)}*`,
      `{${'a,'.repeat(60)}b}*`,
      `**/${'[!z]*'.repeat(80)}q`,
    ];
    const ends = await run('searches by heavy patterns', 'search_files', (n) => ({
      path: n % 2 === 0 ? 'wide' : '.',
      pattern: patterns[(n >> 1) % 4],
    }));
    expect(others(ends, /Nothing matches|Cut|txt/)).toEqual([]);
  });
});

/** As deep as the tools go and deeper. */
async function deepTree(root: string): Promise<void> {
  for (const name of ['a', 'b', 'c'])
    await mkdir(path.join(root, ...Array.from({ length: 80 }, () => name.repeat(40))), { recursive: true });
}

async function wideFolder(folder: string): Promise<void> {
  await mkdir(folder);
  for (let n = 0; n < names; n += 1_000) {
    const some = Array.from({ length: 1_000 }, (_, more) => path.join(folder, `${'a'.repeat(230)}${n + more}.txt`));
    await Promise.all(some.map((name) => writeFile(name, '')));
  }
}
