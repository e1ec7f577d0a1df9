import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadServers } from '#shared/servers/list.ts';
import { newestClient } from '#test/lib/mcp-clients.ts';
import { startToolRunner } from '#test/lib/tool-runner.ts';
import { copyRepository, type Copy } from './copy.ts';

// Somebody's server, as docs/adding-a-tool.md and docs/servers.md say it.

const limitMs = 240_000;
const entry = { command: 'npx', args: ['-y', '@modelcontextprotocol/server-memory'] };

let copy: Copy;
beforeAll(async () => {
  copy = await copyRepository();
}, limitMs);
afterAll(() => copy[Symbol.asyncDispose]());

test('the entries of the page are read as they stand, and the one on npm is served', { timeout: limitMs }, async () => {
  const block = /```json\n([\s\S]*?)\n```/.exec(await copy.read('docs/adding-a-tool.md'))?.[1] ?? '';
  const file = path.join(copy.root, 'servers.json');
  await writeFile(file, `{ "mcpServers": {\n${block}\n} }`);
  const { servers, broken } = loadServers(file);
  expect([...broken.keys()]).toEqual([]);
  const memory = servers.get('memory') as Record<string, unknown> | undefined;
  expect(memory).toMatchObject(entry);
  const env = { GRAPH_FILE: path.join(copy.root, 'graph.json') };
  await using runner = await startToolRunner({ server: 'memory', entry: memory ?? {}, env });
  const client = await newestClient(runner);
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toContain('memory__create_entities');
  await client.close();
});

test('servers add writes the list, compose.yaml, LiteLLM and Prometheus', { timeout: limitMs }, async () => {
  const page = await copy.read('docs/servers.md');
  const [line = ''] = page.split('\n').filter((each) => each.startsWith('npx dragoman servers add memory '));
  const [command = '', ...args] = line.split(' ');
  const { code, said } = await copy.run(command, [...args.slice(0, 4), '--no-test', ...args.slice(4)]);
  expect(code, said).toBe(0);
  const list = JSON.parse(await copy.read('mcp/servers.json')) as { mcpServers: Record<string, unknown> };
  expect(list.mcpServers['memory']).toEqual(entry);
  const { services } = parse(await copy.read('compose.yaml'), { merge: true }) as {
    services: Record<string, { environment: Record<string, string>; networks: string[] }>;
  };
  expect(services['tool-runner-memory']).toMatchObject({
    environment: { MCP_SERVER: 'memory' },
    networks: ['tool-memory'],
  });
  expect(await copy.read('litellm/config.yaml')).toContain('http://tool-runner-memory:8080/mcp');
  expect(await copy.read('grafana/prometheus/prometheus.yml')).toContain('tool-runner-memory');
});
