import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { doorOf } from '#mcp/domains.ts';
import { loadServers } from '#shared/servers/list.ts';
import { readDashboards } from './dashboards.ts';

// The Compose suite checks the same files with the stack's own promtool; this uses an installed one.
const rules = path.resolve(import.meta.dirname, '../../grafana/prometheus');
const installed = spawnSync('promtool', ['--version']).error === undefined;

function promtool(...args: string[]): { code: number | null; said: string } {
  const done = spawnSync('promtool', args, { cwd: rules, encoding: 'utf8' });
  return { code: done.status, said: done.stdout + done.stderr };
}

describe.skipIf(!installed)('promtool (skipped where it is not installed: apt-get install prometheus)', () => {
  test('every alert fires when it should and only then', { timeout: 120_000 }, () => {
    const { code, said } = promtool('test', 'rules', 'alerts.test.yml');
    expect(code, said).toBe(0);
  });

  test('recording rules and alerts are well formed', () => {
    const { code, said } = promtool('check', 'rules', 'rules.yml', 'alerts.yml');
    expect(code, said).toBe(0);
  });

  test('the table of domains has a row for each server, and for the worker, before anybody has used it', () => {
    const served = [...loadServers('mcp/servers.json').servers];
    const runners = served.filter(([, entry]) => doorOf(entry) === undefined).map(([name]) => name);
    const processes = [
      'up{job="worker"}',
      'up{job="ingress"}',
      ...runners.map((name) => `up{job="tool-runner",server="${name}"}`),
    ];
    const rows = ['builtin', ...served.map(([name]) => name)].toSorted();
    const panel = readDashboards()
      .flatMap(({ panels }) => panels)
      .find(({ title }) => title === 'Domains');
    const expression = {
      expr: panel?.targets?.[0]?.expr,
      eval_time: '0m',
      exp_samples: rows.map((name) => ({ labels: `{domain="${name}"}`, value: 1 })),
    };
    const folder = mkdtempSync(path.join(tmpdir(), 'dragoman-promtool-'));
    const file = path.join(folder, 'domains.yml');
    const input = processes.map((series) => ({ series, values: '1' }));
    writeFileSync(file, JSON.stringify({ tests: [{ input_series: input, promql_expr_test: [expression] }] }));
    const { code, said } = promtool('test', 'rules', file);
    rmSync(folder, { recursive: true });
    expect(code, said).toBe(0);
    // That none is missing there is what `npm run check -- generated` says.
    const scraped = readFileSync(path.join(rules, 'prometheus.yml'), 'utf8').match(/(?<=- tool-runner-).+/g);
    expect(runners).toEqual(expect.arrayContaining(scraped ?? ['']));
  });
});
