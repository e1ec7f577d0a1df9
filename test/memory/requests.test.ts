import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { memoryCgroupMissing } from '#test/lib/memory-cgroup.ts';
import { startLimitedRunner } from './runner.ts';

const why = memoryCgroupMissing ? ` (${memoryCgroupMissing})` : '';

/** Just below REQUEST_MAX_BYTES. */
const contentBytes = 4_100_000;
const atOnce = 64;

const policy = `
version: 1
roles: { all: { allow: ["*"] } }
members: { everyone: [], terminal: [all] }
`;

describe.skipIf(memoryCgroupMissing !== undefined)(`tool-runner-filesystem in its container's memory${why}`, () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'dragoman-memory-'));
    await writeFile(path.join(folder, 'policy.yaml'), policy);
    await writeFile(path.join(folder, 'large.txt'), '頁'.repeat(6_000_000));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('very many of the largest requests at once are answered or told to wait', { timeout: 240_000 }, async () => {
    const env = { FILESYSTEM_ROOT: folder, POLICY_FILE: path.join(folder, 'policy.yaml') };
    await using runner = await startLimitedRunner('filesystem', env);
    const client = await runner.client('write_file');
    const content = '頁'.repeat(contentBytes / 3);
    const call = (n: number) => ({ name: 'write_file', arguments: { path: `${n % 4}.txt`, content } });
    const ends = await Promise.allSettled(
      Array.from({ length: atOnce }, (_, n) => client.callTool(call(n), { timeout: 200_000 })),
    );
    await runner.requireAlive();
    const said = ends.map((end) =>
      end.status === 'fulfilled' ? JSON.stringify(end.value.content) : String(end.reason),
    );
    expect(said.filter((text) => !/Created|Replaced|busy/.test(text))).toEqual([]);
    expect(said.filter((text) => /Created|Replaced/.test(text)).length).toBeGreaterThan(0);
  });

  test('the largest answers, as many as run at once', { timeout: 240_000 }, async () => {
    await using runner = await startLimitedRunner('filesystem', { FILESYSTEM_ROOT: folder });
    const client = await runner.client('read_file');
    const call = { name: 'read_file', arguments: { path: 'large.txt' } };
    const ends = await Promise.allSettled(Array.from({ length: atOnce }, () => client.callTool(call)));
    await runner.requireAlive();
    expect(ends.filter(({ status }) => status === 'rejected')).toEqual([]);
  });
});
