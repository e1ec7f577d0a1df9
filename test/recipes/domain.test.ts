import path from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newestClient } from '#test/lib/mcp-clients.ts';
import { startServiceProcess } from '#test/lib/service-process.ts';
import { copyRepository, followPage, plainEnvironment, type Copy } from './copy.ts';
import type { Step } from './steps.ts';

// A domain of our own, as docs/adding-a-tool.md says it. Its type check and its own test are in recipes.test.ts.

const limitMs = 240_000;
let copy: Copy;
let steps: Step[];

beforeAll(async () => {
  copy = await copyRepository();
  steps = await followPage(copy, 'adding-a-tool.md');
}, limitMs);
afterAll(() => copy[Symbol.asyncDispose]());

test('its recipe touches five files at most', () => {
  const first = steps.findIndex((step) => step.kind === 'create' && step.file.startsWith('mcp/clock/'));
  const files = steps.slice(first).flatMap((step) => (step.kind === 'run' ? [] : [step.file]));
  expect(new Set(files).size).toBeLessThanOrEqual(5);
});

test('generate writes what the stack needs of it, and the checks are green', { timeout: limitMs }, async () => {
  const commands = steps.flatMap((step) =>
    step.kind === 'run' && step.command.startsWith('npm run ') ? step.command : [],
  );
  expect(commands).toEqual(['npm run generate', 'npm run check -- generated boundaries']);
  for (const command of commands) {
    const [npm = '', ...args] = command.split(' ');
    const { code, said } = await copy.run(npm, args);
    expect(code, said).toBe(0);
  }
  expect(await copy.read('compose.yaml')).toMatch(/^ {2}tool-runner-clock:$/m);
  expect(await copy.read('litellm/config.yaml')).toContain('http://tool-runner-clock:8080/mcp');
  expect(await copy.read('grafana/prometheus/prometheus.yml')).toContain('tool-runner-clock');
  expect(await copy.read('.env.example')).toMatch(/^#? ?CLOCK_ZONE=/m);
  expect(await copy.read('test/checks/offered/clock.txt')).toContain('time_in_zone');
});

test("the tests that go by the domains' list go by this one, too", { timeout: limitMs }, async () => {
  const words = ['mcp/stdio', 'stack-files', 'env-example/compose'];
  const { code, said } = await copy.run(process.execPath, ['test/run.ts', ...words]);
  expect(code, said).toBe(0);
  expect(said).toContain('the domain clock over stdio');
});

test('it answers over stdio by npx dragoman mcp', { timeout: limitMs }, async () => {
  const client = new Client({ name: 'test', version: '1' });
  const env = { ...plainEnvironment(), CLOCK_ZONE: 'Asia/Tokyo' };
  const args = ['dragoman', 'mcp', 'clock'];
  await client.connect(new StdioClientTransport({ command: 'npx', args, env, cwd: copy.root }));
  const result = await client.callTool({ name: 'time_in_zone', arguments: {} });
  expect(result).toMatchObject({ structuredContent: { zone: 'Asia/Tokyo' } });
  await client.close();
});

test('it answers through a tool-runner, by the list and the policy', { timeout: limitMs }, async () => {
  const signingKey = 'k'.repeat(40);
  await using runner = await startServiceProcess(path.join(copy.root, 'services/tool-runner/main.ts'), {
    MCP_SERVER: 'clock',
    MCP_SERVERS_FILE: path.join(copy.root, 'mcp/servers.json'),
    POLICY_FILE: path.join(copy.root, 'mcp/policy.yaml'),
    DRAGOMAN_SIGNING_KEY: signingKey,
    HOST: '127.0.0.1',
    PORT: '0',
  });
  const caller = { kind: 'discord' as const, id: '1', name: 'somebody', discordRoles: [] };
  const client = await newestClient({ url: runner.addresses['mcp'] ?? '', server: 'clock', signingKey }, { caller });
  const result = await client.callTool({ name: 'time_in_zone', arguments: { zone: 'Europe/Paris' } });
  expect(result).toMatchObject({ structuredContent: { zone: 'Europe/Paris' } });
  await client.close();
});
