import { describe, expect, test } from 'vitest';
import { readDashboards } from './dashboards.ts';
import { impossibleLabels, missingLabels, playedSeries, rulesOf } from './labels.ts';

describe('the check itself', () => {
  test.each([
    ['sum(increase(dragoman_discord_deliveries_total{outcome=~"failed|gave-up"}[10m]))', 'never has outcome="gave-up"'],
    ['dragoman_runs_total{outcome!="done"}', 'never has outcome="done"'],
    ['dragoman_runs_total{status="failed"}', 'has no label status'],
    ['dragoman:queue_jobs:max{queue="jobs"}', 'never has queue="jobs"'],
    ['up{job=~"worker|ingres"}', 'never has job="ingres"'],
    ['dragoman_run_wait_seconds_bucket{outcome="x"}', 'has no label outcome'],
  ])('%s', (expr, complaint) => {
    expect(impossibleLabels(expr)).toEqual([expect.stringContaining(complaint)]);
  });

  test('it has nothing against what can be', () => {
    const exprs = [
      'dragoman_runs_total{outcome="failed",source=~"disc.*|api",job="worker"}',
      'dragoman_tool_calls_total{tool="whatever",outcome=~"error|interrupted"}',
      'dragoman:queue_jobs:max{queue="runs",state=~"waiting|prioritized"}',
      'rate(dragoman_run_wait_seconds_bucket{le="30"}[5m])',
    ];
    expect(exprs.flatMap(impossibleLabels)).toEqual([]);
  });

  test('labels to group by or to show must exist', () => {
    expect(missingLabels('sum by (outcome, kind) (dragoman_runs_total)', '{{worker}}')).toEqual(['kind', 'worker']);
    expect(missingLabels('sum by (job) (up{job="worker"})', '{{job}}')).toEqual([]);
  });
});

const rules = ['rules.yml', 'alerts.yml']
  .flatMap(rulesOf)
  .map((rule) => [rule.record ?? rule.alert, rule.expr] as const);

test.each(rules)('%s looks only for what code counts', (_, expr) => {
  expect([...impossibleLabels(expr), ...missingLabels(expr)]).toEqual([]);
});

const panels = readDashboards().flatMap(({ title, panels: shown }) =>
  shown.flatMap((panel) => (panel.targets ?? []).map((target) => [`${title}: ${panel.title}`, target] as const)),
);

test.each(panels)('%s looks only for what code counts', (_, { expr, legendFormat }) => {
  expect([...impossibleLabels(expr), ...missingLabels(expr, legendFormat)]).toEqual([]);
});

test("the rules' own test plays only series that code can bring about", () => {
  expect(playedSeries().flatMap(impossibleLabels)).toEqual([]);
});
