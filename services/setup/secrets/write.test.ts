import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSigner, createVerifier } from '#shared/rights/tokens.ts';
import { testCaller } from '#test/lib/mcp-clients.ts';
import { readKeysFile } from '#shared/rights/api-keys-file.ts';
import { secretGroups } from './groups.ts';
import { writeSecrets } from './write.ts';

const servers = ['postgres', 'fetch', 'my-notes'];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'secrets-'));
  const given = ['discord', 'llm', 'server-my-notes', 'ingress-key'];
  for (const group of [
    ...Object.keys(secretGroups),
    'mcp-tokens',
    'api-keys',
    ...servers.map((name) => `mcp-${name}`),
    ...given,
  ]) {
    mkdirSync(path.join(folder, group));
  }
});

afterEach(() => rmSync(folder, { recursive: true }));

function write(renew: string[] = [], token = ''): string[] {
  return writeSecrets({
    folder,
    renew,
    servers,
    ingressServer: 'discord',
    given: { discord: { token }, llm: { api_key: '' } },
  });
}

function read(file: string): string {
  return readFileSync(path.join(folder, file), 'utf8');
}

test('makes what is missing once and keeps it', () => {
  expect(write()).toContain('redis/redis.conf');
  const before = read('redis/password');
  expect(before).toMatch(/^[0-9a-f]{48}$/);
  expect(read('redis/url')).toBe(`redis://:${before}@redis:6379`);
  expect(write()).toEqual([]);
  expect(read('redis/password')).toBe(before);
});

test('renews only the named group', () => {
  write();
  const [signing, redis] = [read('signing/key'), read('redis/password')];
  write(['redis']);
  expect(read('redis/password')).not.toBe(redis);
  expect(read('redis/redis.conf')).toContain(read('redis/password'));
  expect(read('signing/key')).toBe(signing);
});

test('gives each tool-runner the hash of the one token that is meant for it', () => {
  write();
  const token = /^MCP_TOKEN_FETCH=(\w+)$/m.exec(read('mcp-tokens/tokens.env'))?.[1] ?? '';
  const hash = createHash('sha256').update(token).digest('hex');
  expect(JSON.parse(read('mcp-fetch/clients.json'))).toEqual({ litellm: hash });
  expect(read('mcp-postgres/clients.json')).not.toContain(hash);
});

test('gives each tool-runner and the ingress the key of their own server, also after the signing key is new', async () => {
  write();
  for (const renew of [[], ['signing']]) {
    write(renew);
    const signer = createSigner(read('signing/key'));
    const claims = { caller: testCaller, run: 'r', tool: '*' };
    for (const [file, server] of [
      ['mcp-fetch/signing-key', 'fetch'],
      ['mcp-my-notes/signing-key', 'my-notes'],
      ['ingress-key/key', 'discord'],
    ] as const) {
      const verifier = createVerifier(read(file), server);
      expect(await verifier.verify(await signer.sign(server, claims))).toMatchObject(claims);
      expect(read(file)).not.toContain(read('signing/key'));
    }
  }
});

test('the HTTP API knows the hash of the key that Open WebUI has, also of a new one', async () => {
  const known = () => readKeysFile(path.join(folder, 'api-keys/keys.yaml'));
  write();
  const before = read('webui/key');
  expect(known().find(before)).toMatchObject({ name: 'webui', roles: ['member'] });
  expect(read('api-keys/keys.yaml')).not.toContain(before);
  expect(write()).toEqual([]);
  write(['webui']);
  expect(known().find(before)).toBeUndefined();
  expect(known().find(read('webui/key'))).toBeDefined();
});

test('takes a given secret and keeps it when it is not given again', () => {
  write([], 'a-token');
  write();
  expect(read('discord/token')).toBe('a-token');
});

test('names the groups when asked for one that does not exist', () => {
  expect(() => write(['nope'])).toThrow(/No secret nope\. There are: signing, redis/);
});

test('a server that is new gets a token, and the others keep theirs', () => {
  write();
  const before = read('mcp-tokens/tokens.env');
  mkdirSync(path.join(folder, 'mcp-more'));
  writeSecrets({ folder, renew: [], servers: [...servers, 'more'], ingressServer: 'discord', given: {} });
  expect(read('mcp-tokens/tokens.env')).toMatch(new RegExp(`^${before}MCP_TOKEN_MORE=[0-9a-f]{48}\n$`));
  expect(before).toMatch(/^MCP_TOKEN_MY_NOTES=/m);
});

test('of a domain that no server is of, no volume is mounted and nothing is made', () => {
  rmSync(path.join(folder, 's3'), { recursive: true });
  expect(write()).not.toContain('s3/secret_key');
});
