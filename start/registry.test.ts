import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { afterEach, expect, test, vi } from 'vitest';
import { askRegistry, watchRegistry, type Trouble } from './registry.mjs';

let server: Server | undefined;

afterEach(() => {
  vi.unstubAllEnvs();
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

async function registry(answer: RequestListener): Promise<string> {
  server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Asks the registry with the machine's own npm. */
function asked(url: string): Promise<Trouble | undefined> {
  vi.stubEnv('npm_config_registry', url);
  return askRegistry('npm', [], tmpdir());
}

test('a registry that answers is no trouble, whatever it thinks of the question', async () => {
  for (const status of [200, 401, 403, 404]) {
    const url = await registry((_, response) => response.writeHead(status).end('{}'));
    expect(await asked(url), `${status}`).toBeUndefined();
    server?.close();
  }
});

test('one that is away, or answers that it cannot, is told with the reason', async () => {
  const url = await registry((_, response) => response.writeHead(503).end());
  expect(await asked(url)).toEqual({ why: '503 Service Unavailable', reached: true });
  server?.closeAllConnections();
  server?.close();
  await once(server as Server, 'close');
  expect(await asked(url)).toEqual({ why: expect.stringContaining('ECONNREFUSED') as string, reached: false });
});

const away: Trouble = { why: 'connect ECONNREFUSED', reached: false };
const broken: Trouble = { why: '503 Service Unavailable', reached: true };

test('what is wrong is said once, and that it is right again', async () => {
  const answers = [away, away, undefined, broken];
  const said: string[] = [];
  const giveUp = vi.fn<() => void>();
  const ask = () => Promise.resolve(answers.length > 1 ? answers.shift() : answers[0]);
  const stop = watchRegistry({ ask, say: (text) => said.push(text), giveUp }, { everyMs: 1, patienceMs: 60_000 });
  await expect.poll(() => said.length).toBe(3);
  expect(stop()).toBeUndefined();
  expect(said.map((line) => line.trim())).toEqual([
    'The npm registry does not answer (connect ECONNREFUSED); npm tries again …',
    'The npm registry answers again.',
    'The npm registry does not answer (503 Service Unavailable); npm tries again …',
  ]);
});

test('it is given up when it cannot be reached, not while it says something', async () => {
  for (const [trouble, hopeless] of [
    [away, 'connect ECONNREFUSED'],
    [broken, undefined],
  ] as const) {
    let asks = 0;
    const giveUp = vi.fn<() => void>();
    const ask = () => {
      asks += 1;
      return Promise.resolve(trouble);
    };
    const stop = watchRegistry({ ask, say: () => undefined, giveUp }, { everyMs: 1, patienceMs: 0 });
    await expect.poll(() => giveUp.mock.calls.length > 0 || asks > 5).toBe(true);
    expect(stop()).toBe(hopeless);
  }
});
