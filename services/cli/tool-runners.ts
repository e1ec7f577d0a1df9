import { Client, StreamableHTTPClientTransport, type Tool } from '@modelcontextprotocol/client';
import { errorText, OperatorError } from '#shared/errors.ts';
import { loadServers, runnerUrls } from '#shared/servers.ts';
import { createSigner } from '#shared/tokens.ts';
import { terminalCaller } from './ask.ts';
import type { CliConfig } from './config.ts';
import { readStackFile } from './stack-file.ts';

export interface RunnerTools {
  server: string;
  url: string;
  tools: Tool[];
  /** Why its tools could not be read. */
  problem?: string;
}

const patienceMs = 10_000;

/**
 * Asks every tool-runner for its tools, as the worker does for the person at this terminal. Throws OperatorError when
 * there is no stack to ask.
 */
export async function listRunnerTools(config: CliConfig): Promise<RunnerTools[]> {
  if (!config.DRAGOMAN_SIGNING_KEY && config.TOOL_RUNNERS.length === 0 && !readStackFile()) {
    throw new OperatorError(
      'no-stack',
      'No stack runs from this folder. Start one with npm start; or, for one that runs elsewhere, set TOOL_RUNNERS and DRAGOMAN_SIGNING_KEY to its own.',
    );
  }
  const servers = loadServers(config.MCP_SERVERS_FILE);
  const urls = runnerUrls(servers.keys(), config.TOOL_RUNNERS);
  return Promise.all([...urls].map(([server, url]) => listOne(config, server, url)));
}

async function listOne(config: CliConfig, server: string, url: string): Promise<RunnerTools> {
  const { DRAGOMAN_SIGNING_KEY } = config;
  if (!DRAGOMAN_SIGNING_KEY) {
    return { server, url, tools: [], problem: 'DRAGOMAN_SIGNING_KEY is not set, so its tools cannot be asked for' };
  }
  const client = new Client({ name: 'dragoman-cli', version: '1.0.0' });
  try {
    const claims = { caller: terminalCaller(), run: 'terminal-tools', tool: '*' };
    const token = await createSigner(DRAGOMAN_SIGNING_KEY).sign(server, claims);
    const transport = new StreamableHTTPClientTransport(new URL(url), {
      requestInit: { headers: { authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(patienceMs) },
    });
    await client.connect(transport);
    const { tools } = await client.listTools();
    return { server, url, tools };
  } catch (error) {
    return { server, url, tools: [], problem: errorText(error) };
  } finally {
    await client.close().catch(() => undefined);
  }
}
