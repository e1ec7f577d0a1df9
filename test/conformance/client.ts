import { setTimeout as sleep } from 'node:timers/promises';
import { connectRemote } from '#services/tool-runner/backends/connect.ts';
import type { Backend } from '#shared/runner/backend.ts';
import { foreignBackend } from '#services/tool-runner/backends/foreign.ts';
import { createLink } from '#services/tool-runner/backends/link.ts';

/** The client under test: what a tool-runner does with a server that is not ours. Usage: client.ts <url>. */

interface Context {
  toolCalls?: { name: string; arguments: Record<string, unknown> }[];
}

const url = process.argv.at(-1) ?? '';
const context = JSON.parse(process.env['MCP_CONFORMANCE_CONTEXT'] ?? '{}') as Context;
const entry = { type: 'http' as const, url, headers: {}, disabled: false, trustAnnotations: false };
const link = createLink('peer', (signal) => connectRemote(entry, signal));
await using backend = foreignBackend(link, { server: 'peer', prefix: false, trusted: false });
// A scenario's server may be slow to answer on a busy machine; a call would give up.
while (link.problem() !== undefined) await sleep(50);
const tools = new Map((await backend.tools()).map(({ tool }) => [tool.name, tool]));

for (const { name, arguments: args } of context.toolCalls ?? (await callsOfTools(backend))) {
  const result = await tools
    .get(name)
    ?.call(args, { signal: AbortSignal.timeout(20_000), progress: () => undefined })
    .catch((error: unknown) => error);
  console.log(name, result);
}

/** One call of each tool, with arguments that fit its schema. */
async function callsOfTools(from: Backend): Promise<{ name: string; arguments: Record<string, unknown> }[]> {
  const focal = [...tools.values()].find(({ name }) => name === 'json_schema_2020_12_tool')?.wire.inputSchema;
  return (await from.tools()).map(({ tool }) => ({
    name: tool.name,
    arguments: Object.fromEntries(
      Object.entries((tool.wire.inputSchema.properties ?? {}) as Record<string, { type?: unknown }>).map(
        ([name, { type }]) => [name, name === 'schema' ? focal : sample(type)],
      ),
    ),
  }));
}

function sample(type: unknown): unknown {
  switch (type) {
    case 'number':
    case 'integer':
      return 1;
    case 'boolean':
      return true;
    case 'array':
      return [];
    case 'object':
      return {};
    default:
      return 'x';
  }
}
