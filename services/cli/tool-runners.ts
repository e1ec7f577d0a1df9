import { Client, StreamableHTTPClientTransport, type Tool } from '@modelcontextprotocol/client';
import { errorText, OperatorError } from '#shared/ground/errors.ts';
import { placesForTools } from '#shared/servers/tool-budget.ts';
import { estimatedTokens } from '#shared/servers/tool-tokens.ts';
import { PROMPTS_META } from '#shared/ground/tool-meta.ts';
import { readPrompts, type ServerPrompt } from '#shared/servers/prompts.ts';
import { loadServers, runnerUrls } from '#shared/servers/list.ts';
import type { Readiness } from '#shared/process/health.ts';
import { createSigner } from '#shared/rights/tokens.ts';
import { terminalCaller } from './ask.ts';
import type { CliConfig } from './config.ts';
import { readStackFile } from './stack-file.ts';

export interface RunnerTools {
  server: string;
  url: string;
  tools: Tool[];
  prompts: ServerPrompt[];
  /** Why its tools could not be read. */
  problem?: string;
  /** Why what its tools work with does not answer, although the tools are listed. */
  notReady?: string;
}

const patienceMs = 10_000;

/** The problem of a server whose tool-runner does not answer. */
export const noRunner =
  'no tool-runner answers there (on Compose: npx dragoman servers sync, then docker compose up -d, gives it one)';

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
  const { servers } = loadServers(config.MCP_SERVERS_FILE);
  const urls = runnerUrls(servers.keys(), config.TOOL_RUNNERS);
  return Promise.all([...urls].map(([server, url]) => listOne(config, server, url)));
}

/**
 * A sentence about how much of all these tools a model is told at once; undefined when it is told of all. Tokens are
 * counted in the form in which servers list their tools, which is a little longer than what a model gets.
 */
export function partTold(runners: RunnerTools[], config: CliConfig): string | undefined {
  const tools = runners.flatMap((runner) => runner.tools);
  const most = config.TOOLS_MAX_TOKENS(config.MODEL_NAME);
  const tokens = tools.reduce((sum, { name, description, inputSchema }) => {
    return sum + estimatedTokens(JSON.stringify({ name, description, parameters: inputSchema }));
  }, 0);
  if (tokens <= most && tools.length < placesForTools) return undefined;
  return `${tools.length} tools take about ${tokens} tokens. A model is told of those that the question points to, up to ${most} (TOOLS_MAX_TOKENS), and finds the others with find_tools`;
}

const nothing = { tools: [], prompts: [] };

const newSinceStart = 'it was added after npm start, which must be stopped and started again to run it';

/** Whether the server was added after this folder's stack started, which runs only the servers listed then. */
function isNewSinceStart(config: CliConfig, server: string): boolean {
  const started = readStackFile() !== undefined;
  return started && !config.TOOL_RUNNERS.some((item) => item.startsWith(`${server}=`));
}

async function listOne(config: CliConfig, server: string, url: string): Promise<RunnerTools> {
  const { DRAGOMAN_SIGNING_KEY } = config;
  if (!DRAGOMAN_SIGNING_KEY) {
    return { server, url, ...nothing, problem: 'DRAGOMAN_SIGNING_KEY is not set, so its tools cannot be asked for' };
  }
  if (isNewSinceStart(config, server)) return { server, url, ...nothing, problem: newSinceStart };
  try {
    const listed = await listTools(server, url, DRAGOMAN_SIGNING_KEY);
    const notReady = await whyNotReady(url);
    return { server, url, ...listed, ...(notReady !== undefined && notReady !== noRunner && { notReady }) };
  } catch (error) {
    return { server, url, ...nothing, problem: (await whyNotReady(url)) ?? errorText(error) };
  }
}

/** Asks one tool-runner for the tools that the person at this terminal may see. Rejects when it does not answer. */
export async function listTools(
  server: string,
  url: string,
  signingKey: string,
): Promise<Pick<RunnerTools, 'tools' | 'prompts'>> {
  const client = new Client({ name: 'dragoman-cli', version: '1.0.0' });
  try {
    const claims = { caller: terminalCaller(), run: 'terminal-tools', tool: '*' };
    const token = await createSigner(signingKey).sign(server, claims);
    const transport = new StreamableHTTPClientTransport(new URL(url), {
      requestInit: { headers: { authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(patienceMs) },
    });
    await client.connect(transport);
    const { tools, _meta: meta } = await client.listTools();
    return { tools, prompts: readPrompts(meta?.[PROMPTS_META]) };
  } finally {
    await client.close().catch(() => undefined);
  }
}

/** What the server's runner says is wrong with it, in more detail than a model gets. Undefined when nothing is. */
async function whyNotReady(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(new URL('/readyz', url), { signal: AbortSignal.timeout(patienceMs) });
    const { checks } = (await response.json()) as Partial<Readiness>;
    const failing = Object.values(checks ?? {}).filter((state) => state !== 'ok');
    return failing.length > 0 ? failing.join('; ') : undefined;
  } catch {
    return noRunner;
  }
}
