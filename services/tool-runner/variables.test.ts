import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newestClient } from '#test/lib/mcp-clients.ts';
import { startToolRunner } from '#test/lib/tool-runner.ts';

// Shows what an entry's variables become for a real server.

const modules = path.resolve(import.meta.dirname, '../../node_modules/@modelcontextprotocol');
const everything = { command: process.execPath, args: ['${MODULES}/server-everything/dist/index.js', '${HOW:-stdio}'] };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dragoman-variables-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('fills in arguments and env, and reads the envFile, above which env stands', async () => {
  const envFile = path.join(folder, 'more.env');
  await writeFile(envFile, 'OF_FILE="from the file"\nOF_BOTH=file\n');
  const env = { OF_BOTH: 'env', OTHERWISE: '${NOT_SET_ANYWHERE:-otherwise}', TOKEN: 'x-${TOKEN_OF_RUNNER}' };
  await using runner = await startToolRunner({
    server: 'everything',
    entry: { ...everything, env, envFile: '${FOLDER}/more.env' },
    env: { MODULES: modules, FOLDER: folder, TOKEN_OF_RUNNER: 'secret-of-runner', SSL_CERT_FILE: '/certs.pem' },
  });
  const client = await newestClient(runner, { tool: 'everything__get-env' });
  const { content } = await client.callTool({ name: 'everything__get-env', arguments: {} });
  const [text] = content as { text: string }[];
  expect(JSON.parse(text?.text ?? '')).toMatchObject({
    OF_FILE: 'from the file',
    OF_BOTH: 'env',
    OTHERWISE: 'otherwise',
    TOKEN: 'x-secret-of-runner',
    SSL_CERT_FILE: '/certs.pem',
  });
  expect(text?.text).not.toMatch(/TOKEN_OF_RUNNER|FOLDER|DRAGOMAN/);
  await client.close();
});

it('names each variable that is not set, and where the entry uses it', async () => {
  const entry = { ...everything, env: { KEY: '${NOT_SET_EITHER}' } };
  await expect(startToolRunner({ server: 'everything', entry })).rejects.toThrow(
    /MODULES is not set\. The entry "everything" of servers\.json uses it for args\[0\]\.\nNOT_SET_EITHER is not set.* KEY\./,
  );
});

it('says that an envFile is not there, and takes it when it comes', async () => {
  const envFile = path.join(folder, 'late.env');
  const entry = { ...everything, envFile };
  await using runner = await startToolRunner({ server: 'everything', entry, env: { MODULES: modules } });
  const ready = async () => (await fetch(new URL('/readyz', runner.url))).text();
  await expect.poll(ready).toMatch(/its envFile .*late\.env cannot be read \(ENOENT/);
  await writeFile(envFile, 'A=b\n');
  await expect.poll(ready).toContain('"ready":true');
});
