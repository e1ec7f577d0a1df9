import type { DomainStack } from '#mcp/stack.ts';

export const stack: DomainStack = {
  backend: ['TIMESCALE_URL'],
  off: 'TIMESCALE_URL',
  summary: 'Time series in TimescaleDB',
  gatewayName: 'ts',
};
