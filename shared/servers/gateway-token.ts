/** The variable that holds LiteLLM's token for a server's tool-runner. */
export function tokenVariable(server: string): string {
  return `MCP_TOKEN_${server.toUpperCase().replaceAll('-', '_')}`;
}
