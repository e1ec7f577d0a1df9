import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { startHostileServer } from '#test/lib/hostile-mcp.ts';
import { startProgram } from '#test/lib/stack.ts';
import { startToolRunner } from '#test/lib/tool-runner.ts';

it('says in tools and in doctor how much of many tools a model is told at once', async () => {
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(path.join(tmpdir(), 'dragoman-many-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const server = stack.use(await startHostileServer());
  const tools = Array.from({ length: 200 }, (_, n) => ({ name: `t${n}`, inputSchema: { type: 'object' } }));
  server.list(() => ({ result: { tools } }));
  const signingKey = randomUUID() + randomUUID();
  const entry = { type: 'http', url: server.url };
  const runner = stack.use(await startToolRunner({ server: 'aaa', entry, signingKey }));
  const file = path.join(folder, 'servers.json');
  writeFileSync(file, JSON.stringify({ mcpServers: { aaa: entry } }));
  const env = {
    DRAGOMAN_STATE_DIR: path.join(folder, 'state'),
    MCP_SERVERS_FILE: file,
    TOOL_RUNNERS: `aaa=${runner.url}`,
    DRAGOMAN_SIGNING_KEY: signingKey,
  };
  const listing = await startProgram('services/cli/main.ts', ['tools'], { env }).finished;
  expect(listing.stderr).toMatch(
    /200 tools take about \d+ tokens\. A model is told of those .*up to 2500 \(TOOLS_MAX_TOKENS\)/,
  );
  expect(listing.stdout).toContain('aaa__t199');
  const doctor = await startProgram('services/cli/main.ts', ['doctor'], { env }).finished;
  expect(doctor.stdout).toMatch(/tools: aaa +200 at /);
  expect(doctor.stdout).toMatch(/200 tools take about \d+ tokens/);
});

it('says in doctor that the database behind tools which are listed does not answer', async () => {
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(path.join(tmpdir(), 'dragoman-away-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const signingKey = randomUUID() + randomUUID();
  const entry = { command: 'npx', args: ['dragoman', 'mcp', 'postgres'], domain: 'postgres' };
  // Nobody listens at port 9.
  const environment = { POSTGRES_URL: 'postgres://reader:secret@127.0.0.1:9/shop' };
  const runner = stack.use(await startToolRunner({ server: 'postgres', entry, signingKey, env: environment }));
  const file = path.join(folder, 'servers.json');
  writeFileSync(file, JSON.stringify({ mcpServers: { postgres: entry } }));
  const env = {
    DRAGOMAN_STATE_DIR: path.join(folder, 'state'),
    MCP_SERVERS_FILE: file,
    TOOL_RUNNERS: `postgres=${runner.url}`,
    DRAGOMAN_SIGNING_KEY: signingKey,
  };
  const doctor = await startProgram('services/cli/main.ts', ['doctor'], { env }).finished;
  expect(doctor.stdout).toMatch(
    /✗ tools: postgres +http\S+: The database cannot be reached now\. \(connect ECONNREFUSED 127\.0\.0\.1:9\)/,
  );
});
