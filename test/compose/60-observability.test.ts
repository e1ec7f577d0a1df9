import path from 'node:path';
import { expect, test } from 'vitest';
import { readDashboards } from '../observability/dashboards.ts';
import { docker } from './docker.ts';
import { nodeIn, until } from './stack.ts';

const rules = path.resolve(import.meta.dirname, '../../grafana/prometheus');

interface Answer {
  status: string;
  data?: { result: unknown[] };
  error?: string;
}

/** Asks the stack's Prometheus. */
async function query(expr: string): Promise<Answer> {
  const code = `
    const url = 'http://prometheus:9090/api/v1/query?query=' + encodeURIComponent(${JSON.stringify(expr)});
    console.log(JSON.stringify(await (await fetch(url)).json()));`;
  return JSON.parse(await nodeIn('worker', code)) as Answer;
}

test('every alert fires when it should and only then', async () => {
  const mount = `${rules}:/rules:ro`;
  const image = 'prom/prometheus:v3.5.0';
  const done = await docker([
    'run',
    '--rm',
    '--entrypoint',
    'promtool',
    '-v',
    mount,
    '-w',
    '/rules',
    image,
    'test',
    'rules',
    'alerts.test.yml',
  ]);
  expect(done.stdout + done.stderr).toContain('SUCCESS');
});

test('every panel of every dashboard has data', async () => {
  const panels = readDashboards().flatMap((dashboard) =>
    dashboard.panels.flatMap((panel) =>
      (panel.targets ?? []).map((target) => ({ where: `${dashboard.title}: ${panel.title}`, target })),
    ),
  );
  const empty = new Set(panels.map(({ where }) => where));
  // Rates need two scrapes after the load of the tests before.
  await until(
    'all panels have data',
    async () => {
      for (const { where, target } of panels) {
        if (!empty.has(where)) continue;
        const answer = await query(target.expr.replaceAll('$__rate_interval', '10m'));
        if (answer.status !== 'success') throw new Error(`${where}: ${answer.error}`);
        if ((answer.data?.result.length ?? 0) > 0) empty.delete(where);
      }
      return empty.size === 0;
    },
    90_000,
  ).catch(() => undefined);
  process.stdout.write(`panels with data: ${panels.length - empty.size} of ${panels.length}\n`);
  expect([...empty]).toEqual([]);
});
