import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { argumentsHash } from '#shared/run/arguments-hash.ts';
import { createSigner, type CallClaims } from '#shared/rights/tokens.ts';
import { testCaller } from '#test/lib/mcp-clients.ts';
import { newestRequest, rawRequest } from '#test/lib/raw-mcp.ts';
import { startToolRunner, type TestToolRunner } from '#test/lib/tool-runner.ts';

const policy = `
version: 1
roles:
  reader: { allow: [read_file], approve: [write_file], deny: [search_files] }
members: { everyone: [], terminal: [reader] }
`;

let folder: string;
let runner: TestToolRunner;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dragoman-access-'));
  await writeFile(path.join(folder, 'a.txt'), 'hello');
  const env = { FILESYSTEM_ROOT: folder, ALLOWED_ORIGINS: 'console.example', REQUEST_MAX_BYTES: '20000' };
  runner = await startToolRunner({ server: 'filesystem', policy, env });
});
afterAll(async () => {
  await runner[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const readCall = { name: 'read_file', arguments: { path: 'a.txt' } };

async function token(claims: Partial<CallClaims> = {}, audience = 'filesystem', key = runner.signingKey) {
  return createSigner(key).sign(audience, { caller: testCaller, run: 'r', tool: 'read_file', ...claims });
}

function bearer(value: string): Record<string, string> {
  return { authorization: `Bearer ${value}` };
}

async function send(headers: Record<string, string>, call: Record<string, unknown> = readCall) {
  const request = newestRequest('tools/call', call);
  return rawRequest(runner.url, { ...request, headers: { ...request.headers, ...headers } });
}

it('a call that nests without end is refused as what cannot be read, and the next one is answered', async () => {
  const headers = bearer(await token());
  const deep = `${'['.repeat(9_000)}${']'.repeat(9_000)}`;
  const request = newestRequest('tools/call', { name: 'read_file', arguments: { path: 'a.txt', deep: '<deep>' } });
  const body = request.body.replace('"<deep>"', deep);
  const answer = await rawRequest(runner.url, { ...request, body, headers: { ...request.headers, ...headers } });
  expect(answer.status).toBe(400);
  expect(answer.text).toContain('nested far too deep');
  expect((await send(bearer(await token()))).status).toBe(200);
});

describe('the token', () => {
  it('is asked for, whatever the request', async () => {
    for (const method of ['POST', 'GET', 'DELETE', 'PUT']) {
      const answer = await rawRequest(runner.url, { method });
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer');
      expect(JSON.parse(answer.text)).toMatchObject({ jsonrpc: '2.0', error: { code: -32_000 } });
    }
  });

  it('that is good lets a call through', async () => {
    const answer = await send(bearer(await token()));
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toMatchObject({ id: 1, result: { content: [{ type: 'text', text: 'hello' }] } });
    expect(answer.headers['server-timing']).toMatch(/^backend;dur=[\d.]+$/);
  });

  it.each([
    ['of another form', async () => 'garbage'],
    ['signed with another key', () => token({}, 'filesystem', 'x'.repeat(40))],
    ['for another server', () => token({}, 'postgres')],
    ['without a signature', async () => `${btoa('{"alg":"none"}')}.${btoa('{"tool":"read_file"}')}.`],
    ['that has expired', () => signed({ expires: -60 })],
    ['that never expires', () => signed({ expires: undefined })],
    ['of another issuer', () => signed({ expires: 60, issuer: 'somebody' })],
  ])('%s is refused', async (_, make) => {
    const answer = await send(bearer(await make()));
    expect(answer.status).toBe(401);
    expect(answer.text).not.toContain('at ');
  });

  it('for one tool calls no other', async () => {
    const call = { name: 'list_directory', arguments: { path: '.' } };
    expect(await refusal(bearer(await token()), call)).toContain('token is for read_file, not for list_directory');
    expect(await refusal(bearer(await token({ tool: '*' })), readCall)).toContain('listing tools only');
  });
});

describe('the policy', () => {
  it('is asked again: what it denies does not run', async () => {
    const call = { name: 'search_files', arguments: { path: '.', pattern: '*' } };
    expect(await refusal(bearer(await token({ tool: 'search_files' })), call)).toContain('not allowed');
    const stranger = { ...testCaller, kind: 'discord' as const };
    expect(await refusal(bearer(await token({ caller: stranger })), readCall)).toContain('not allowed');
  });

  it('hides what it denies from the list', async () => {
    const request = newestRequest('tools/list');
    const headers = { ...request.headers, ...bearer(await token({ tool: '*' })) };
    const answer = await rawRequest(runner.url, { ...request, headers });
    const { result } = JSON.parse(answer.text) as { result: { tools: { name: string }[] } };
    expect(result.tools.map((tool) => tool.name)).toEqual(['read_file', 'write_file']);
  });

  it('runs what needs a yes only with the yes to exactly these arguments', async () => {
    const args = { path: 'new.txt', content: 'written' };
    const call = { name: 'write_file', arguments: args };
    expect(await refusal(bearer(await token({ tool: 'write_file' })), call)).toContain("human's yes");
    const other = argumentsHash({ ...args, content: 'other' });
    const wrong = await token({ tool: 'write_file', approvedArguments: other });
    expect(await refusal(bearer(wrong), call)).toContain("human's yes");
    const right = await token({ tool: 'write_file', approvedArguments: argumentsHash(args) });
    const answer = await send(bearer(right), call);
    expect(JSON.parse(answer.text)).not.toMatchObject({ result: { isError: true } });
    expect(await readFile(path.join(folder, 'new.txt'), 'utf8')).toBe('written');
  });
});

describe('the guard of requests', () => {
  it.each(['evil.example', 'localhost.evil.example', 'tool-runner-postgres'])('refuses the Host %s', async (host) => {
    const answer = await send({ ...bearer(await token()), host });
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('ALLOWED_HOSTS');
  });

  it.each(['http://evil.example', 'null', 'http://console.example.evil.example', 'http://127.0.0.1'])(
    'refuses the Origin %s',
    async (origin) => {
      expect((await send({ ...bearer(await token()), origin })).status).toBe(403);
    },
  );

  it('lets in the names it is given', async () => {
    expect((await send({ ...bearer(await token()), host: 'tool-runner-filesystem:8080' })).status).toBe(200);
    expect((await send({ ...bearer(await token()), origin: 'https://console.example' })).status).toBe(200);
  });

  it('checks Host before the token, and the token before the body', async () => {
    expect((await rawRequest(runner.url, { headers: { host: 'evil.example' } })).status).toBe(403);
    expect((await rawRequest(runner.url, { body: 'x'.repeat(30_000) })).status).toBe(401);
  });

  it('says what is wrong with a request', async () => {
    const good = bearer(await token());
    const json = { ...good, 'content-type': 'application/json' };
    expect((await rawRequest(runner.url, { headers: good, method: 'GET' })).status).toBe(405);
    expect(
      (await rawRequest(runner.url, { headers: { ...good, 'content-type': 'text/plain' }, body: '{}' })).status,
    ).toBe(415);
    expect((await rawRequest(runner.url, { headers: json, body: '{"jsonrpc"' })).status).toBe(400);
    expect((await rawRequest(runner.url, { headers: json, body: '"'.padEnd(30_000, 'x') })).status).toBe(413);
    const chunked = { ...json, 'transfer-encoding': 'chunked' };
    expect((await rawRequest(runner.url, { headers: chunked, body: '"'.padEnd(30_000, 'x') })).status).toBe(413);
    expect((await rawRequest(new URL('/other', runner.url).href, { headers: json })).status).toBe(404);
  });
});

it('whoever is refused is told the time of this moment, also right after the clock was set', async () => {
  const ahead = Date.now() + 3_600_000;
  vi.useFakeTimers({ toFake: ['Date'], now: ahead });
  const answer = await send({});
  vi.useRealTimers();
  expect(answer.status).toBe(401);
  expect(Date.parse(String(answer.headers['date']))).toBeGreaterThan(ahead - 60_000);
});

async function refusal(headers: Record<string, string>, call: Record<string, unknown>): Promise<string> {
  const answer = await send(headers, call);
  const { result } = JSON.parse(answer.text) as { result: { isError?: boolean; content: { text: string }[] } };
  expect(result.isError).toBe(true);
  return result.content[0]?.text ?? '';
}

async function signed(options: { expires: number | undefined; issuer?: string }): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  const jwt = new SignJWT({ caller: testCaller, run: 'r', tool: 'read_file' })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer(options.issuer ?? 'dragoman-worker')
    .setAudience('tool-runner:filesystem')
    .setSubject('terminal:tester')
    .setIssuedAt(now - 120);
  if (options.expires !== undefined) jwt.setExpirationTime(now + options.expires);
  return jwt.sign(new TextEncoder().encode(runner.signingKey));
}
