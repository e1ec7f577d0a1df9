import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { checkGivenRedis, readGivenSecrets } from './given.ts';

test('secrets that the starter hands on may come from files, like all others', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'dragoman-given-'));
  try {
    const file = path.join(folder, 'secret');
    writeFileSync(file, 'from the file\n');
    const env: Record<string, string> = { LITELLM_API_KEY_FILE: file, REDIS_URL_FILE: file, REDIS_URL: 'redis://here' };
    readGivenSecrets(env);
    expect(env).toMatchObject({ LITELLM_API_KEY: 'from the file', REDIS_URL: 'redis://here' });
    const missing = { DRAGOMAN_SIGNING_KEY_FILE: path.join(folder, 'none') };
    expect(() => readGivenSecrets(missing)).toThrow(/^DRAGOMAN_SIGNING_KEY_FILE: cannot read .*none \(ENOENT\)/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a Redis of the person that is away is told by its variable', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  await expect(checkGivenRedis(`redis://:secret@127.0.0.1:${port}`)).rejects.toThrow(
    /^The Redis of REDIS_URL does not answer \(connect ECONNREFUSED [^s]+\)\. Start it, correct REDIS_URL/,
  );
});
