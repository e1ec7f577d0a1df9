import path from 'node:path';
import { doorOf } from '#mcp/domains.ts';
import { loadServers } from '#shared/servers/list.ts';

/** Who may open a connection to whom, by service and port; everything else must fail. The truth that the stack is compared with. */

const list = path.resolve(import.meta.dirname, '../../mcp/servers.json');

/** The tool-runners of the shipped list; what the ingress serves has none. A domain with containers of its own stands in `networks`, too. */
export const runners = [...loadServers(list).servers]
  .filter(([, entry]) => doorOf(entry) === undefined)
  .map(([name]) => `tool-runner-${name}`);

/** Ports that a service listens on. */
export const ports: Record<string, number[]> = {
  redis: [6379],
  litellm: [4000],
  'litellm-db': [5432],
  'offline-model': [4010],
  postgres: [5432],
  s3: [7070],
  egress: [3128],
  prometheus: [9090],
  alertmanager: [9093],
  grafana: [3000],
  playground: [8090],
  ingress: [8080, 9464],
  api: [8080, 9464],
  worker: [9464],
  ...Object.fromEntries(runners.map((name) => [name, [8080, 9464]])),
};

/** The networks of compose.yaml, as this suite understands them. Two services that share one can reach each other. */
const networks: string[][] = [
  ['ingress', 'api', 'worker', 'redis', 'litellm', 'offline-model', 'prometheus', 'playground'],
  ['ingress', 'litellm', 'egress'],
  ['grafana', 'playground', 'api'],
  ['prometheus', 'alertmanager', 'grafana'],
  ['litellm', 'litellm-db'],
  ['worker', 'api', 'postgres'],
  ...runners.map((runner) => [runner, 'worker', 'litellm', 'prometheus']),
  ['tool-runner-postgres', 'postgres'],
  ['tool-runner-storage', 's3'],
  ['tool-runner-fetch', 'egress'],
  ['tool-runner-monitoring', 'alertmanager'],
];

export function mayReach(from: string, to: string): boolean {
  return networks.some((members) => members.includes(from) && members.includes(to));
}

/** Services with a way out of the machine. */
export const mayLeave = new Set(['ingress', 'litellm', 'egress']);
