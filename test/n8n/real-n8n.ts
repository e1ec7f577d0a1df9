import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startChildServer } from '#test/lib/child-server.ts';
import { freePort } from '#test/lib/ports.ts';
import type { TestN8n } from '#mcp/n8n/testing/suite.ts';
import { workflows } from '#mcp/n8n/testing/workflows.ts';
import { n8nProgram } from './install.ts';

/** It takes half a minute where nothing else runs, and several on a busy machine. */
const startMs = 15 * 60_000;

const scopes = [
  'workflow:create',
  'workflow:activate',
  'workflow:list',
  'workflow:read',
  'execution:list',
  'execution:read',
  'execution:stop',
];

/** A real n8n with an owner, a key of its public API, and the workflows of the suite. */
export async function startRealN8n(): Promise<TestN8n> {
  const folder = await mkdtemp(path.join(tmpdir(), 'dragoman-n8n-home-'));
  const [port, brokerPort] = [await freePort(), await freePort()];
  const server = await startChildServer({
    program: process.execPath,
    args: [n8nProgram, 'start'],
    url: `http://127.0.0.1:${port}`,
    readyPath: '/healthz/readiness',
    patienceMs: startMs,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      N8N_USER_FOLDER: folder,
      N8N_PORT: String(port),
      N8N_RUNNERS_BROKER_PORT: String(brokerPort),
      N8N_LISTEN_ADDRESS: '127.0.0.1',
      N8N_DIAGNOSTICS_ENABLED: 'false',
      N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
      N8N_TEMPLATES_ENABLED: 'false',
      N8N_SECURE_COOKIE: 'false',
    },
  });
  return {
    ...(await fill(server.url)),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Makes an owner, a key and the suite's workflows in an n8n that nobody has used. */
export async function fill(url: string): Promise<Omit<TestN8n, typeof Symbol.asyncDispose>> {
  const key = await makeKey(url);
  const ids: Record<string, string> = {};
  for (const [name, { active, ...workflow }] of Object.entries(workflows)) {
    const { id } = await post<{ id: string }>(`${url}/api/v1/workflows`, workflow, { 'x-n8n-api-key': key });
    ids[name] = id;
    if (active) await post(`${url}/api/v1/workflows/${id}/activate`, {}, { 'x-n8n-api-key': key });
  }
  return { url, key, ids };
}

/** As the page of n8n does it: an owner, a session, a key. */
async function makeKey(url: string): Promise<string> {
  const password = `Aa1${randomBytes(9).toString('hex')}`;
  const owner = { email: 'owner@example.com', firstName: 'O', lastName: 'Wner', password };
  const response = await send(`${url}/rest/owner/setup`, owner);
  const cookie = response.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ');
  const { data } = await post<{ data: { rawApiKey: string } }>(
    `${url}/rest/api-keys`,
    { label: 'test', expiresAt: null, scopes },
    { cookie },
  );
  return data.rawApiKey;
}

async function post<T>(url: string, body: object, headers: Record<string, string>): Promise<T> {
  return (await (await send(url, body, headers)).json()) as T;
}

async function send(url: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  const all = { 'content-type': 'application/json', ...headers };
  const response = await fetch(url, { method: 'POST', headers: all, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response;
}
