import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { errorText, OperatorError } from '#shared/ground/errors.ts';
import type { AnyTool } from '#mcp/kit.ts';
import { serveOverStdio } from '#mcp/stdio.ts';
import type { CliConfig } from './config.ts';

/**
 * Serves the operator's tools over stdin and stdout, for MCP clients that start a program. They are those of the HTTP
 * API's `/mcp`, which checks the key, the policy and every call. Resolves when the client closes stdin, or at SIGTERM.
 * Throws OperatorError when the API cannot be used.
 */
export async function serveOperatorOverStdio(
  config: Pick<CliConfig, 'DRAGOMAN_API_URL' | 'DRAGOMAN_API_KEY'>,
): Promise<void> {
  await using api = await connect(config);
  await serveOverStdio({ name: 'operator', title: 'Dragoman: operator', tools: () => toolsOf(api.client) });
}

async function connect({ DRAGOMAN_API_URL: url, DRAGOMAN_API_KEY: key }: Parameters<typeof serveOperatorOverStdio>[0]) {
  if (url === undefined) {
    throw new OperatorError('no-stack', 'No HTTP API is known here: npm start, or set DRAGOMAN_API_URL.');
  }
  const client = new Client({ name: 'dragoman', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
  const headers = { ...(key !== undefined && { authorization: `Bearer ${key}` }) };
  try {
    await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', url), { requestInit: { headers } }));
  } catch (error) {
    const mend =
      key === undefined
        ? 'Set DRAGOMAN_API_KEY to a key with a role that operates (npx dragoman keys create).'
        : 'Is the key valid? npx dragoman keys list shows all.';
    throw new OperatorError('api-away', `${url}/mcp cannot be used: ${errorText(error)}. ${mend}`, { cause: error });
  }
  return { client, [Symbol.asyncDispose]: () => client.close() };
}

async function toolsOf(client: Client): Promise<AnyTool[]> {
  const { tools } = await client.listTools();
  return tools.map((wire) => ({
    name: wire.name,
    wire: wire,
    call: (args, { signal }) =>
      client.callTool({ name: wire.name, arguments: args as Record<string, unknown> }, { signal }),
  }));
}
