import path from 'node:path';
import { z } from 'zod';
import { archiveVariables } from '#shared/archive/variables.ts';
import { httpUrl, list, loadConfig, processEnvironment, type Environment } from '#shared/ground/config.ts';
import { gatewayVariables } from '#shared/process/gateway-variables.ts';
import { redisVariables } from '#shared/redis/variables.ts';
import { signingVariables } from '#shared/rights/variables.ts';
import { toolBudgetVariables } from '#shared/servers/tool-budget.ts';
import { projectRoot, readStackFile } from './stack-file.ts';

/** The variables that the terminal's commands read. Those of a stack that runs from this folder fill the gaps. */
export const cliConfig = z.object({
  ...redisVariables,
  ...archiveVariables,
  DRAGOMAN_STATE_DIR: z
    .string()
    .optional()
    .meta({ description: 'Where npm start keeps its data, logs and secrets; .dragoman in the project when unset' }),
  DRAGOMAN_SIGNING_KEY: signingVariables.DRAGOMAN_SIGNING_KEY.optional(),
  TOOL_RUNNERS: list().meta({
    description:
      'Where tool-runners listen, if not at their Compose names: name=url, or name=off for none; comma-separated',
    example: 'postgres=http://127.0.0.1:9101/mcp',
  }),
  DRAGOMAN_API_URL: httpUrl().optional().meta({
    description: 'Where the HTTP API answers, for the doctor',
    example: 'http://127.0.0.1:8080',
  }),
  DRAGOMAN_API_KEY: z.string().optional().meta({
    description: 'Key with which `dragoman mcp operator` uses the HTTP API',
    secret: true,
  }),
  DRAGOMAN_API_KEYS_FILE: z.string().optional().meta({
    description: 'File with API keys, besides those that `dragoman keys create` makes (docs/http-api.md)',
  }),
  POLICY_FILE: z.string().default('mcp/policy.yaml').meta({ description: 'Who may use which tools' }),
  MCP_SERVERS_FILE: z.string().default('mcp/servers.json').meta({ description: 'Which MCP servers exist' }),
  ...gatewayVariables,
  ...toolBudgetVariables,
  DISCORD_TOKEN: z.string().optional().meta({ description: 'Token of the Discord bot', secret: true }),
  DISCORD_API_BASE: httpUrl().default('https://discord.com/api').meta({ description: "Discord's API, or a stand-in" }),
});

export type CliConfig = z.output<typeof cliConfig>;

/** Reads the configuration: the process' environment first, then what the stack of this folder was started with. */
export function readCliConfig(environment: Environment = processEnvironment()): CliConfig {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  // `dragoman` is used from any folder; what a person sets is meant from theirs.
  const project = {
    POLICY_FILE: inProject('mcp/policy.yaml'),
    MCP_SERVERS_FILE: inProject('mcp/servers.json'),
  };
  return loadConfig(cliConfig, { ...project, ...readStackFile()?.environment, ...set });
}

/** A file of the project, as a path from the folder where `dragoman` is used. */
export function inProject(file: string): string {
  return path.relative(process.cwd(), path.join(projectRoot, file));
}
