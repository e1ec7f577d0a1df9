import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { anyName } from '#shared/process/metric-labels.ts';
import { declaredLabels } from '#shared/process/metrics.ts';

const folder = path.resolve(import.meta.dirname, '../../grafana/prometheus');

function read(file: string): unknown {
  return parse(readFileSync(path.join(folder, file), 'utf8'));
}

export interface Rule {
  record?: string;
  alert?: string;
  expr: string;
  annotations?: { summary?: string; runbook_url?: string };
}

export function rulesOf(file: string): Rule[] {
  return (read(file) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules);
}

/** The series that the rules' own test makes up. */
export function playedSeries(): string[] {
  const { tests } = read('alerts.test.yml') as { tests: { input_series: { series: string }[] }[] };
  return tests.flatMap((test) => test.input_series.map(({ series }) => series));
}

interface ScrapeConfig {
  job_name: string;
  dns_sd_configs?: { names: string[] }[];
}

const { scrape_configs: scrapes } = read('prometheus.yml') as { scrape_configs: ScrapeConfig[] };
const runners = scrapes.find(({ job_name: job }) => job === 'tool-runner')?.dns_sd_configs?.[0]?.names ?? [];

/** Labels that Prometheus and its configuration add to every series. */
const ownLabels: Record<string, readonly string[] | typeof anyName> = {
  job: scrapes.map(({ job_name: job }) => job),
  server: runners.map((name) => name.replace('tool-runner-', '')),
  instance: anyName,
  le: anyName,
  alertname: anyName,
  alertstate: ['pending', 'firing'],
};

const recorded = new Map(rulesOf('rules.yml').map((rule) => [rule.record ?? '', rule.expr]));

/** The values that a label of a series can have: `anyName` for any, undefined when the series has no such label. */
function valuesOf(series: string, label: string): readonly string[] | typeof anyName | undefined {
  const expr = recorded.get(series);
  if (expr !== undefined) {
    const found = seriesIn(expr).map((source) => valuesOf(source, label));
    return found.find((values) => values !== undefined);
  }
  const labels = declaredLabels.get(series.replace(/_(bucket|sum|count)$/, ''));
  return labels?.[label] ?? ownLabels[label];
}

/** The names of Dragoman's series in an expression. */
export function seriesIn(expr: string): string[] {
  return expr.match(/\b(?:dragoman_\w+|dragoman:[\w:]+|process_\w+|nodejs_\w+)/g) ?? [];
}

/**
 * What an expression selects although no code counts it: label names and values of its selectors, each with its series.
 * An alert on such a value never fires, and a panel stays empty.
 */
export function impossibleLabels(expr: string): string[] {
  return [...expr.matchAll(/([a-zA-Z_][\w:]*)\{([^}]*)\}/g)].flatMap(([, series = '', selector = '']) =>
    [...selector.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g)].flatMap(([, label = '', operator = '', value = '']) => {
      const possible = valuesOf(series, label);
      if (possible === undefined) return [`${series} has no label ${label}`];
      if (possible === anyName) return [];
      const sought = operator.endsWith('~') ? value.split('|') : [value];
      return sought
        .filter(
          (each) =>
            !possible.some((one) => (operator.endsWith('~') ? new RegExp(`^(?:${each})$`).test(one) : one === each)),
        )
        .map((each) => `${series} never has ${label}="${each}"`);
    }),
  );
}

/** Labels that an expression groups by or a legend shows, although none of its series has them. */
export function missingLabels(expr: string, legend = ''): string[] {
  const grouped = [...expr.matchAll(/\b(?:by|without)\s*\(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(','));
  const shown = [...legend.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, label = '']) => label);
  // label_replace(series, "new label", "its value", "another label", "what that must be like")
  const made = [...expr.matchAll(/"(\w+)", "[^"]*", "\w+", "[^"]*"\)/g)].map(([, label]) => label);
  const series = [...seriesIn(expr), ...(/\bup\b/.test(expr) ? ['up'] : [])];
  return [...grouped, ...shown]
    .map((label) => label.trim())
    .filter(
      (label) => label !== '' && !made.includes(label) && !series.some((one) => valuesOf(one, label) !== undefined),
    );
}
