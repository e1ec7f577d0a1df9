import type { DomainStack } from '#mcp/stack.ts';

export const stack: DomainStack = {
  door: 'ingress',
  summary: 'channels and messages of the Discord server, as far as the person who asks can see them',
};
