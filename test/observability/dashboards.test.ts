import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { registry, collectProcessMetrics } from '#shared/process/metrics.ts';
import { readDashboards } from './dashboards.ts';
import { rulesOf, seriesIn } from './labels.ts';

const root = path.resolve(import.meta.dirname, '../..');

function read(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}

const recording = rulesOf('rules.yml');
const alerts = rulesOf('alerts.yml');
const dashboards = readDashboards();

collectProcessMetrics();
const declared = new Set((await registry.getMetricsAsJSON()).map((metric) => metric.name));

/** Names of series in an expression that neither a metric nor a recording rule nor Prometheus itself has. */
function unknownSeries(expr: string): string[] {
  const recorded = new Set(recording.map((rule) => rule.record));
  return seriesIn(expr).filter(
    (name) => !recorded.has(name) && !declared.has(name.replace(/_(bucket|sum|count)$/, '')),
  );
}

describe.each(dashboards)('$title', ({ panels, uid, description }) => {
  const shown = panels.filter((panel) => panel.type !== 'row');

  test('every panel has a title, a description, a unit and the provisioned data source', () => {
    expect(uid).toMatch(/^dragoman-/);
    expect(description).not.toBe('');
    for (const panel of shown) {
      expect(panel, panel.title).toMatchObject({
        title: expect.stringMatching(/\S/) as string,
        description: expect.stringMatching(/\S/) as string,
        datasource: { uid: 'prometheus' },
        fieldConfig: { defaults: { unit: expect.stringMatching(/\S/) as string } },
      });
    }
  });

  test('panels do not overlap, and ids and titles are unique', () => {
    expect(new Set(panels.map((panel) => panel.id)).size).toBe(panels.length);
    expect(new Set(shown.map((panel) => panel.title)).size).toBe(shown.length);
    const taken = new Set<string>();
    for (const { gridPos: at, title } of panels) {
      expect(at.x + at.w, title).toBeLessThanOrEqual(24);
      for (let x = at.x; x < at.x + at.w; x += 1) {
        for (let y = at.y; y < at.y + at.h; y += 1) {
          expect(taken.has(`${x},${y}`), `${title} overlaps another panel`).toBe(false);
          taken.add(`${x},${y}`);
        }
      }
    }
  });

  test('every query uses metrics that exist', () => {
    for (const panel of shown) {
      const queries = (panel.targets ?? []).map((target) => target.expr);
      expect(queries.length, panel.title).toBeGreaterThan(0);
      expect(queries.flatMap(unknownSeries), panel.title).toEqual([]);
    }
  });
});

test('recording rules and alerts use metrics that exist', () => {
  expect([...recording, ...alerts].flatMap((rule) => unknownSeries(rule.expr))).toEqual([]);
});

test.each(alerts.map((rule) => [rule.alert ?? '', rule] as const))('%s has a runbook and a test', (name, rule) => {
  expect(rule.annotations?.summary).toBeTruthy();
  expect(rule.annotations?.runbook_url).toBe(`docs/operations.md#${name.toLowerCase()}`);
  expect(read('docs/operations.md')).toMatch(new RegExp(`^#+ ${name}$`, 'm'));
  expect(read('grafana/prometheus/alerts.test.yml')).toContain(`alertname: ${name}`);
});
