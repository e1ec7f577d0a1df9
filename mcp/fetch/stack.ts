import type { DomainStack } from '#mcp/stack.ts';

export const stack: DomainStack = {
  // Somebody who sets no proxy fetches without one.
  backend: ['FETCH_PROXY'],
  summary: 'Public web pages as text',
  gatewayName: 'web',
};
