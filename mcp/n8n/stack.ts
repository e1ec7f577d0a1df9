import type { DomainStack } from '#mcp/stack.ts';

export const stack: DomainStack = {
  backend: ['N8N_URL', 'N8N_API_KEY'],
  off: 'N8N_URL and N8N_API_KEY',
  summary: 'Workflows of n8n',
};
