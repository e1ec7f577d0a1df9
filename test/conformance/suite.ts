import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startToolRunner } from '#test/lib/tool-runner.ts';

/** A scenario of the suite, with how many of its checks were met. */
export interface Scenario {
  name: string;
  met: number;
  /** The ids of the checks that were not met. */
  failed: string[];
}

interface Check {
  id: string;
  status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO';
}

/** Milliseconds for one scenario: a limit for what hangs, not for what is slow because the machine is busy. */
const scenarioMs = '240000';

const root = path.resolve(import.meta.dirname, '../..');
const cli = path.join(root, 'node_modules/@modelcontextprotocol/conformance/dist/index.js');

/** Runs all client scenarios against what a tool-runner does with other people's servers. */
export async function testClient(): Promise<Scenario[]> {
  const command = `${process.execPath} ${path.join(import.meta.dirname, 'client.ts')}`;
  return runSuite(['client', '--command', command, '--suite', 'all'], '');
}

/** Runs all server scenarios against a tool-runner. The suite knows no tokens: a proxy puts one into each request. */
export async function testServer(): Promise<Scenario[]> {
  await using stack = new AsyncDisposableStack();
  const token = randomUUID();
  const folder = await mkdtemp(path.join(tmpdir(), 'dragoman-conformance-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const clients = path.join(folder, 'clients.json');
  await writeFile(clients, JSON.stringify({ test: createHash('sha256').update(token).digest('hex') }));
  const runner = stack.use(
    await startToolRunner({
      server: 'fixture',
      entry: { command: process.execPath, args: [path.join(import.meta.dirname, 'fixture.ts')] },
      // The suite speaks as a page of localhost, which an operator has to allow.
      env: { TOOL_NAME_PREFIX: 'off', MCP_CLIENTS_FILE: clients, ALLOWED_ORIGINS: 'localhost' },
    }),
  );
  const proxy = createServer((incoming, response) => {
    const headers = { ...incoming.headers, authorization: `Bearer ${token}` };
    const onward = httpRequest(runner.url, { method: incoming.method ?? 'GET', headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  stack.defer(() => {
    proxy.close();
    proxy.closeAllConnections();
  });
  const url = `http://localhost:${(proxy.address() as AddressInfo).port}/mcp`;

  // Awaited here: what it needs is disposed at the end of this function.
  return await runSuite(['server', '--url', url, '--suite', 'all'], 'server-');
}

/** `prefix`: what stands before a scenario's name in the name of its folder of results. */
async function runSuite(args: string[], prefix: string): Promise<Scenario[]> {
  const output = await mkdtemp(path.join(tmpdir(), 'dragoman-conformance-'));
  try {
    const child = spawn(process.execPath, [cli, ...args, '--timeout', scenarioMs, '-o', output], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part) => (said += part));
    await once(child, 'close');
    const files = (await readdir(output, { recursive: true })).filter((file) => file.endsWith('checks.json'));
    if (files.length === 0) throw new Error(`the suite has no results: ${said.slice(-2_000)}`);
    const scenarios = files.map(async (file) => {
      const name = path.dirname(file).replace(/-\d{4}-\d\d-\d\dT[\d-]+Z$/, '');
      const checks = JSON.parse(await readFile(path.join(output, file), 'utf8')) as Check[];
      return readScenario(name.startsWith(prefix) ? name.slice(prefix.length) : name, checks);
    });
    return (await Promise.all(scenarios)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } finally {
    await rm(output, { recursive: true, force: true });
  }
}

function readScenario(name: string, checks: Check[]): Scenario {
  return {
    name,
    met: checks.filter(({ status }) => status === 'SUCCESS').length,
    failed: checks.filter(({ status }) => status === 'FAILURE').map(({ id }) => id),
  };
}
