import { request } from 'node:http';
import { beforeAll, expect, test } from 'vitest';
import { startPlayground, type Playground } from './start.ts';

let playground: Playground;

beforeAll(async () => {
  playground = await startPlayground({ rateLimits: false });
  return () => playground[Symbol.asyncDispose]();
});

async function post(name: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${playground.pageUrl}/playground/api/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function get(path: string) {
  const response = await fetch(`${playground.pageUrl}/playground/api/${path}`);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** Sends a request with any Host header; fetch does not allow that. */
function statusWithHost(host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const options = { port: playground.port, path: '/playground/api/connection', headers: { host } };
    request(options, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end();
  });
}

test('what controls do in the process they do over HTTP', async () => {
  const base64 = Buffer.from('file').toString('base64');
  const said = await post('say', {
    channel: 'general',
    author: 'Ada',
    content: 'over HTTP',
    attachments: [{ filename: 'a.txt', base64 }],
  });
  expect(said).toMatchObject({ status: 200, body: { content: 'over HTTP', author: { name: 'Ada' } } });
  const listed = await get(`messages?channel=${playground.channels.general}&as=Guest`);
  expect(listed.body).toContainEqual(said.body);
  expect((await post('react', { message: said.body['id'], author: 'Max', emoji: '👍' })).status).toBe(200);
  expect(playground.controls.message(String(said.body['id'])).reactions).toHaveLength(1);
});

test('wrong wishes are refused with a sentence', async () => {
  expect(await post('say', { channel: 'ops', author: 'Guest', content: 'x' })).toEqual({
    status: 400,
    body: { error: 'guest cannot see #ops.' },
  });
  expect((await post('say', { channel: 1 })).status).toBe(400);
  expect((await post('nothing', {})).status).toBe(404);
  expect((await post('__proto__', {})).status).toBe(404);
  expect((await get(`messages?channel=${playground.channels.ops}&as=Guest`)).status).toBe(400);
  const { id } = playground.controls.say({ channel: 'general', author: 'Ada', content: 'mine' });
  expect((await post('edit', { message: id, author: playground.people.Max, content: 'no' })).status).toBe(400);
});

test('faults can be scripted over HTTP', async () => {
  expect((await post('inject', { route: 'GET /users/@me', status: 503 })).status).toBe(200);
  const headers = { authorization: `Bot ${playground.token}` };
  expect((await fetch(`${playground.url}/v10/users/@me`, { headers })).status).toBe(503);
  expect((await fetch(`${playground.url}/v10/users/@me`, { headers })).status).toBe(200);
  expect((await get('faults')).body).toMatchObject({ hits: { '503': 1 } });
});

test('other sites and other names for this machine are turned away', async () => {
  expect((await post('say', {}, { origin: 'http://evil.example' })).status).toBe(403);
  expect(await statusWithHost('evil.example')).toBe(403);
  expect(await statusWithHost(`localhost:${playground.port}`)).toBe(200);
  const plain = await fetch(`${playground.pageUrl}/playground/api/say`, { method: 'POST', body: '{}' });
  expect(plain.status).toBe(400);
});

test('the page runs its own scripts only, and nothing beside its folder is served', async () => {
  const page = await fetch(playground.pageUrl);
  expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'; script-src 'self'/);
  expect(await page.text()).not.toMatch(/<script(?![^>]*src=)|\son\w+=|style="/);
  for (const path of ['/page/..%2fmain.ts', '/page/../main.ts', '/page/none.js', '/main.ts']) {
    expect((await fetch(`${playground.pageUrl}${path}`)).status).toBe(404);
  }
});
