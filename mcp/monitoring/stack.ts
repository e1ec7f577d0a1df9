import type { DomainStack } from '#mcp/stack.ts';

export const stack: DomainStack = {
  backend: ['PROMETHEUS_URL', 'ALERTMANAGER_URL', 'LOKI_URL', 'NETDATA_URL'],
  off: 'PROMETHEUS_URL, LOKI_URL, NETDATA_URL or ALERTMANAGER_URL',
  summary: 'Metrics, logs and alerts',
  gatewayName: 'mon',
};
