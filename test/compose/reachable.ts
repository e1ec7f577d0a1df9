/**
 * Says who may open a connection to whom, by service and port. Every other connection must fail. The stack is compared
 * with this.
 */

const runners = ['tool-runner-postgres', 'tool-runner-storage', 'tool-runner-fetch', 'tool-runner-filesystem'];

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
  ingress: [9464],
  worker: [9464],
  ...Object.fromEntries(runners.map((name) => [name, [8080, 9464]])),
};

/** The networks of compose.yaml as this suite understands them. Two services in one network can reach each other. */
const networks: string[][] = [
  ['ingress', 'worker', 'redis', 'litellm', 'offline-model', 'prometheus', 'playground'],
  ['ingress', 'litellm', 'egress'],
  ['grafana', 'playground'],
  ['prometheus', 'alertmanager', 'grafana'],
  ['litellm', 'litellm-db'],
  ['worker', 'postgres'],
  ...runners.map((runner) => [runner, 'worker', 'litellm', 'prometheus']),
  ['tool-runner-postgres', 'postgres'],
  ['tool-runner-storage', 's3'],
  ['tool-runner-fetch', 'egress'],
];

export function mayReach(from: string, to: string): boolean {
  return networks.some((members) => members.includes(from) && members.includes(to));
}

/** Services with a way out of the machine. */
export const mayLeave = new Set(['ingress', 'litellm', 'egress']);
