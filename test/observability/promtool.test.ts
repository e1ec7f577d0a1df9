import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

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
});
