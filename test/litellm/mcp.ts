import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { errorText } from '#shared/ground/errors.ts';
import type { LitellmProxy } from './proxy.ts';

const patience = { timeout: 120_000 };

async function connected(proxy: LitellmProxy): Promise<Client> {
  const client = new Client({ name: 'contract-test', version: '1' });
  const requestInit = { headers: { authorization: `Bearer ${proxy.key}` } };
  const transport = new StreamableHTTPClientTransport(new URL(`${proxy.url}/mcp/`), { requestInit });
  await client.connect(transport, patience);
  return client;
}

/** The names of the tools that LiteLLM's MCP gateway offers, as `server-tool`. */
export async function listTools(proxy: LitellmProxy): Promise<string[]> {
  const client = await connected(proxy);
  const { tools } = await client.listTools({}, patience);
  await client.close();
  return tools.map((tool) => tool.name);
}

/** The text of a tool's result, or of the refusal. */
export async function callTool(proxy: LitellmProxy, name: string, args: Record<string, unknown>): Promise<string> {
  const client = await connected(proxy);
  try {
    const result = await client.callTool({ name, arguments: args }, undefined, patience);
    return JSON.stringify(result.content);
  } catch (error) {
    return errorText(error);
  } finally {
    await client.close();
  }
}
