import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createContext, type Overrides } from '#services/tool-runner/context.ts';
import { toolRunnerConfig } from '#services/tool-runner/config.ts';
import { loadConfig, type Environment } from '#shared/ground/config.ts';

export interface TestToolRunner extends AsyncDisposable {
  /** The address of /mcp. */
  url: string;
  /** Its name: the audience of its tokens. */
  server: string;
  /** The key that its tokens must be signed with. */
  signingKey: string;
}

export interface ToolRunnerOptions {
  /** Its name in servers.json; also the name of the domain unless `entry` says otherwise. */
  server: string;
  /** The server's entry in servers.json; the domain called `server` when absent. */
  entry?: Record<string, unknown>;
  /** The domain's variables, and the runner's own. */
  env?: Environment;
  /** The policy's YAML; by default everybody may use everything. */
  policy?: string;
  signingKey?: string;
  backend?: Overrides['backend'];
}

const allowAll = `
version: 1
roles: { all: { allow: ["*"] } }
members: { everyone: [all], terminal: [all], api_keys: { test: [all] } }
`;

/** A tool-runner in this process, on a free port of loopback. */
export async function startToolRunner(options: ToolRunnerOptions): Promise<TestToolRunner> {
  const { server } = options;
  const entry = options.entry ?? { command: 'npx', args: ['dragoman', 'mcp', server], domain: server };
  const signingKey = options.signingKey ?? randomUUID() + randomUUID();
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), 'dragoman-runner-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const files = { servers: path.join(folder, 'servers.json'), policy: path.join(folder, 'policy.yaml') };
  await writeFile(files.servers, JSON.stringify({ mcpServers: { [server]: entry } }));
  await writeFile(files.policy, options.policy ?? allowAll);
  const env = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    MCP_SERVER: server,
    MCP_SERVERS_FILE: files.servers,
    POLICY_FILE: files.policy,
    DRAGOMAN_SIGNING_KEY: signingKey,
    HOST: '127.0.0.1',
    PORT: '0',
    ...options.env,
  };
  const overrides = options.backend ? { env, backend: options.backend } : { env };
  const context = stack.use(await createContext(loadConfig(toolRunnerConfig, env), overrides));
  const owned = stack.move();
  return {
    url: `http://127.0.0.1:${context.port}/mcp`,
    server,
    signingKey,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
