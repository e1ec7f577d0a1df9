import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { findLocalModels } from '#services/cli/setup/local-models.ts';
import { createTestTerminal } from '#services/cli/testing/terminal.ts';
import { freePort } from '#test/lib/ports.ts';
import { offerLocalModel, tellLocalModels } from './local-model.ts';

// Servers that speak as Ollama, LM Studio, llama.cpp and LiteLLM do, on ports of the test's own.

let folder: string;
const servers: Server[] = [];
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dragoman-local-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Answers = Record<string, (response: ServerResponse) => void>;

async function serve(answers: Answers): Promise<number> {
  const server = createServer((request, response) => {
    const answer = answers[request.url ?? ''];
    if (answer) answer(response);
    else response.writeHead(404).end();
  });
  servers.push(server);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const text = (body: string) => (response: ServerResponse) => void response.end(body);
const json =
  (body: object, headers = {}) =>
  (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
const list = (...ids: string[]) => ({ object: 'list', data: ids.map((id) => ({ id, object: 'model' })) });

/** Nothing listens on any of the ports but on those named. */
async function found(ports: Record<string, number>) {
  const nothing = await freePort();
  const all = { Ollama: nothing, 'LM Studio': nothing, 'llama.cpp': nothing, LiteLLM: nothing, ...ports };
  return findLocalModels({ ports: all, patienceMs: 5_000 });
}

const ollama: Answers = {
  '/': text('Ollama is running'),
  '/v1/models': json(list('qwen3:8b', 'nomic-embed-text:latest', 'llama3.2:latest')),
};

test('knows each kind of server by what it says, and leaves out models that only embed', async () => {
  const servers = await found({
    Ollama: await serve(ollama),
    'LM Studio': await serve({
      '/v1/models': json(list('google/gemma-3-12b', 'text-embedding-nomic-embed-text-v1.5')),
    }),
    'llama.cpp': await serve({ '/v1/models': json({ models: [], ...list('gpt-oss-20b') }, { server: 'llama.cpp' }) }),
    LiteLLM: await serve({
      '/health/liveliness': json("I'm alive!" as unknown as object),
      '/v1/models': (response) => void response.writeHead(401).end('{"error":{"type":"auth_error"}}'),
    }),
  });
  expect(servers.map(({ name, models, wantsKey }) => [name, models, wantsKey])).toEqual([
    ['Ollama', ['qwen3:8b', 'llama3.2:latest'], false],
    ['LM Studio', ['google/gemma-3-12b'], false],
    ['llama.cpp', ['gpt-oss-20b'], false],
    ['LiteLLM', [], true],
  ]);
});

test('takes nothing else on these ports for a model server', async () => {
  const port = await serve({ '/': text('<html>hello</html>'), '/v1/models': json(list('dragoman')) });
  expect(await found({ Ollama: port, 'llama.cpp': port, LiteLLM: port })).toEqual([]);
  const page = await serve({ '/v1/models': text('<html></html>') });
  expect(await found({ 'LM Studio': page })).toEqual([]);
});

test('does not wait for what never answers', async () => {
  const silent = await serve({ '/': () => undefined, '/v1/models': () => undefined });
  const ports = { Ollama: silent, 'LM Studio': silent, 'llama.cpp': silent, LiteLLM: silent };
  expect(await findLocalModels({ ports, patienceMs: 50 })).toEqual([]);
});

test('names the models, and a line that uses one', async () => {
  const notes: string[] = [];
  const servers = found({ Ollama: await serve(ollama) });
  await tellLocalModels({ note: (line) => notes.push(line) }, servers);
  expect(notes.join('\n')).toMatch(
    /^Found Ollama with qwen3:8b, llama3\.2:latest\. To use it: LITELLM_API_BASE=http:\/\/127\.0\.0\.1:\d+\/v1 MODEL_NAME=qwen3:8b npm start/,
  );
});

async function offer(answer: string | undefined, options: { person: boolean; first?: boolean; env?: object }) {
  const terminal = createTestTerminal({ person: options.person });
  vi.stubEnv('TERM', 'xterm');
  const file = path.join(folder, `${answer ?? 'none'}.env`);
  const env: NodeJS.ProcessEnv = { ...options.env };
  const servers = found({ Ollama: await serve(ollama) });
  const done = offerLocalModel(terminal, env, { first: () => options.first ?? true, servers, file });
  if (answer !== undefined) terminal.input.write(`${answer}\r`);
  return { goOn: await done, env, file, shown: terminal.written.err };
}

test('asks somebody at a terminal, and keeps a yes', async () => {
  const { goOn, env, file, shown } = await offer('y', { person: true });
  expect(goOn).toBe(true);
  expect(shown).toContain('Let qwen3:8b answer?');
  expect(env).toEqual({ LITELLM_API_BASE: expect.stringMatching(/^http:.*\/v1$/), MODEL_NAME: 'qwen3:8b' });
  expect(readFileSync(file, 'utf8')).toContain('MODEL_NAME=qwen3:8b');
});

test('changes nothing after a no', async () => {
  expect(await offer('n', { person: true })).toMatchObject({ goOn: true, env: {} });
});

test('asks nobody twice, nor where a model is set, nor where nobody sits', async () => {
  for (const options of [
    { person: true, first: false },
    { person: true, env: { LITELLM_API_BASE: 'http://127.0.0.1:9/v1' } },
    { person: false },
  ]) {
    expect(await offer(undefined, options)).toMatchObject({ goOn: true, shown: '' });
  }
});
