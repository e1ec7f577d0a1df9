import type { StackEntry } from './entries.ts';
import { fillRegions } from './regions.ts';

/** Prometheus' configuration with the tool-runners that it scrapes; doors stand there already. */
export function renderPrometheus(text: string, entries: StackEntry[]): string {
  return fillRegions('prometheus.yml', text, {
    'tool-runners': renderNames(entries.filter(({ door }) => door === undefined)),
  });
}

/** Prometheus wants either at least one name or no list at all. */
function renderNames(entries: StackEntry[]): string {
  if (entries.length === 0) return '    dns_sd_configs: []\n';
  const names = entries.map(({ name }) => `          - tool-runner-${name}\n`).join('');
  return `    dns_sd_configs:
      - names:
${names}        type: A
        port: 9464
        refresh_interval: 5s
`;
}
