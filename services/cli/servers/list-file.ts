import { loadConfig, type Environment } from '#shared/ground/config.ts';
import { cliConfig, inProject } from '../config.ts';
import { runnerEnvironment } from './environment.ts';

/**
 * The file with the list of servers. It asks for no other setting: whoever edits the list may not have a stack yet, nor the
 * secrets that a stack makes at its first start.
 */
export function serversFile(env: Environment = runnerEnvironment()): string {
  const known = { ...env, MCP_SERVERS_FILE: env['MCP_SERVERS_FILE'] || inProject('mcp/servers.json') };
  return loadConfig(cliConfig.pick({ MCP_SERVERS_FILE: true }), known).MCP_SERVERS_FILE;
}
