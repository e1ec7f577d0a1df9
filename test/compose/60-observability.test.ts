import path from 'node:path';
import { expect, test } from 'vitest';
import { readDashboards } from '#test/observability/dashboards.ts';
import { makeActivity } from './activity.ts';
import { docker } from './docker.ts';
import { nodeIn, until } from './stack.ts';

const rules = path.resolve(import.meta.dirname, '../../grafana/prometheus');

interface Answer {
  status: string;
  data?: { result: { value: [number, string] }[] };
  error?: string;
}

/** Asks the stack's Prometheus all queries at once. Returns the answers in the same order. */
async function query(exprs: string[]): Promise<Answer[]> {
  const code = `
    const ask = async (expr) => (await fetch('http://prometheus:9090/api/v1/query?query=' + encodeURIComponent(expr))).json();
    const answers = [];
    for (const expr of ${JSON.stringify(exprs)}) answers.push(await ask(expr));
    console.log(JSON.stringify(answers));`;
  return JSON.parse(await nodeIn('worker', code)) as Answer[];
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

/** Whether Grafana would draw anything: a quantile of nothing is NaN, which is not drawn. */
function drawn({ data }: Answer): boolean {
  return (data?.result ?? []).some(({ value }) => Number.isFinite(Number(value[1])));
}

test('every panel of every dashboard has data', { timeout: 600_000 }, async () => {
  const queries = readDashboards().flatMap((dashboard) =>
    dashboard.panels.flatMap((panel) =>
      (panel.targets ?? []).map((target) => ({ where: `${dashboard.title}: ${panel.title}`, expr: target.expr })),
    ),
  );
  let empty = queries;
  // A rate needs two scrapes with something between them.
  for (let round = 0; round < 4 && empty.length > 0; round += 1) {
    await makeActivity();
    await scraped();
    empty = await stillEmpty(empty);
  }
  const panels = new Set(queries.map(({ where }) => where));
  const without = new Set(empty.map(({ where }) => where));
  process.stdout.write(`panels with data: ${panels.size - without.size} of ${panels.size}\n`);
  expect([...without]).toEqual([]);
});

async function stillEmpty<T extends { where: string; expr: string }>(queries: T[]): Promise<T[]> {
  const answers = await query(queries.map(({ expr }) => expr.replaceAll('$__rate_interval', '10m')));
  return queries.filter(({ where }, index) => {
    const answer = answers[index];
    if (answer?.status !== 'success') throw new Error(`${where}: ${answer?.error}`);
    return !drawn(answer);
  });
}

/** Waits until Prometheus has scraped the worker once more. */
async function scraped(): Promise<void> {
  const last = async () => Number((await query(['max(timestamp(up{job="worker"}))']))[0]?.data?.result[0]?.value[1]);
  const before = await last();
  await until('another scrape', async () => (await last()) > before);
}
