import { stackOf } from '#mcp/domains.ts';
import { tokenVariable } from '#shared/servers/gateway-token.ts';
import type { StackEntry } from './entries.ts';
import { fillRegions } from './regions.ts';

/** litellm/config.yaml with the servers that LiteLLM's own MCP gateway offers: none of those that serve only people. */
export function renderGateway(text: string, entries: StackEntry[]): string {
  return fillRegions('litellm/config.yaml', text, {
    'MCP servers': `mcp_servers:${renderServers(entries.filter(({ door }) => door === undefined))}`,
  });
}

function renderServers(entries: StackEntry[]): string {
  if (entries.length === 0) return ' {}\n';
  return `\n${entries.map(renderServer).join('')}`;
}

function renderServer({ name, own }: StackEntry): string {
  const summary = own && stackOf(own.domain).summary;
  return `  ${gatewayName(name, own?.gatewayName)}:
    url: http://tool-runner-${name}:8080/mcp
    transport: http
    auth_type: bearer_token
    auth_value: os.environ/${tokenVariable(name)}
${summary ? `    description: ${summary}\n` : ''}    available_on_public_internet: false
`;
}

/** LiteLLM puts the name and a "-" before each tool, so that the name itself may have no "-". */
function gatewayName(name: string, own = name): string {
  return own.replaceAll('-', '_');
}
