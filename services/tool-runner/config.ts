import { z } from 'zod';
import { flag, hostNames, integer, list, port } from '#shared/ground/config.ts';
import { serviceVariables } from '#shared/process/variables.ts';
import { signingVariables } from '#shared/rights/variables.ts';

/** The variables of a tool-runner. Each domain names its own variables. */
export const toolRunnerConfig = z.object({
  ...serviceVariables,
  ...signingVariables,
  MCP_SERVER: z.string().min(1).meta({
    description: 'The entry of servers.json that this runner serves',
    example: 'postgres',
  }),
  MCP_SERVERS_FILE: z.string().default('mcp/servers.json').meta({ description: 'Which MCP servers exist' }),
  POLICY_FILE: z.string().default('mcp/policy.yaml').meta({ description: 'Who may use what' }),
  PORT: port(8080).meta({ description: 'Port of /mcp' }),
  HOST: z.string().default('0.0.0.0').meta({ description: 'Address that the runner listens on' }),
  ALLOWED_HOSTS: list('', hostNames).meta({
    description: 'Further names under which the runner is addressed, besides tool-runner-<server> and loopback',
  }),
  ALLOWED_ORIGINS: list('', hostNames).meta({
    description: 'Host names of web pages that may call the runner; none by default',
  }),
  TOOL_NAME_PREFIX: flag(true).meta({
    description: "Whether a wrapped server's tools are named server__tool; off serves them under their own names",
  }),
  MCP_LEGACY_SSE: flag(false).meta({
    description: 'Whether the deprecated HTTP+SSE transport (GET /sse, POST /messages) is served too',
  }),
  TOOL_TIMEOUT_MS: integer(120_000, 100, 3_600_000).meta({ description: 'Milliseconds after which a call is stopped' }),
  RESULT_MAX_BYTES: integer(1_000_000, 1_000, 50_000_000).meta({
    description: 'Bytes of a result; the rest is cut off with a marker',
  }),
  REQUEST_MAX_BYTES: integer(4_194_304, 1_000, 50_000_000).meta({ description: 'Bytes of a request' }),
  CONCURRENCY: integer(32, 1, 1_000).meta({ description: 'Calls that run at once; others wait' }),
  MCP_CLIENTS_FILE: z.string().optional().meta({
    description: "JSON file with the sha256 of other MCP clients' tokens by name, such as LiteLLM's",
    example: '/run/secrets/mcp-clients/clients.json',
  }),
  IDEMPOTENCY_FILE: z.string().optional().meta({
    description: 'File that remembers which writes were made, so that none is made twice after a restart',
    example: '/data/calls.jsonl',
  }),
});

export type ToolRunnerConfig = z.output<typeof toolRunnerConfig>;
