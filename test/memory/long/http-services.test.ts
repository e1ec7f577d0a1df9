import { describe, expect, test } from 'vitest';
import { startIllServer, type Illness } from '#mcp/http/testing/ill-server.ts';
import { memoryCgroupMissing } from '#test/lib/memory-cgroup.ts';
import { endsOf, others } from '../ends.ts';
import { startLimitedRunner, why } from '../limited.ts';

const atOnce = 64;
/** What an operator may set at most. */
const mostBytes = '32000000';

const at = Math.floor(Date.now() / 1_000);
const many = <T>(length: number, make: (n: number) => T): T[] => Array.from({ length }, (_, n) => make(n));
const success = (resultType: string, result: unknown): string =>
  JSON.stringify({ status: 'success', data: { resultType, result } });
const nodes = (length: number) => many(length, (n) => ({ name: `n${n}`, type: 'code', parameters: { n } }));
const workflow = { id: 'abc', name: 'odd', active: true, connections: {} };

/** Answers that cost their reader many times their size, each of some ten to thirty megabytes. */
const bodies: Record<string, string> = {
  'many small series': success(
    'vector',
    many(400_000, (n) => ({ metric: { n: `${n}` }, value: [at, '1'] })),
  ),
  'one long series': success('matrix', [{ metric: {}, values: many(1_000_000, (n) => [at - n, 'NaN']) }]),
  'a million labels': success('vector', [
    { metric: Object.fromEntries(many(900_000, (n) => [`l${n}`, 'v'])), value: [at, '1'] },
  ]),
  'one long label': success('vector', [{ metric: { l: '頁'.repeat(9_000_000) }, value: [at, '1'] }]),
  'lines of logs': success('streams', [{ stream: { a: 'b' }, values: many(700_000, (n) => [`${at}${n}`, 'é']) }]),
  'lists in lists': `${'['.repeat(14_000_000)}${']'.repeat(14_000_000)}`,
  'empty objects': `[${'{},'.repeat(9_000_000)}{}]`,
  'workflows of many nodes': JSON.stringify({ data: many(25, () => ({ ...workflow, nodes: nodes(12_000) })) }),
  'a workflow of many nodes': JSON.stringify({ ...workflow, nodes: nodes(300_000) }),
};

const services: [server: string, variables: (url: string) => Record<string, string>, calls: [string, object][]][] = [
  [
    'monitoring',
    (url) => ({
      PROMETHEUS_URL: url,
      ALERTMANAGER_URL: url,
      LOKI_URL: url,
      NETDATA_URL: url,
      MONITORING_MAX_BYTES: mostBytes,
    }),
    [
      ['prometheus_query', { query: 'up' }],
      ['prometheus_query', { query: 'up', start: '-1h' }],
      ['loki_query', { query: '{a="b"}' }],
      ['netdata_metrics', {}],
      ['alerts_list', {}],
    ],
  ],
  [
    'n8n',
    (url) => ({ N8N_URL: url, N8N_API_KEY: 'played-key-0123456789', N8N_MAX_BYTES: mostBytes, N8N_WAIT_MS: '5000' }),
    [
      ['n8n_list_workflows', {}],
      ['n8n_get_workflow', { id: 'abc' }],
      ['n8n_execute_workflow', { id: 'abc' }],
    ],
  ],
];

describe.skipIf(memoryCgroupMissing !== undefined)(`runners of HTTP services in their containers' memory${why}`, () => {
  test.each(services)('%s: huge answers, many at once', { timeout: 290_000 }, async (name, variables, calls) => {
    await using server = await startIllServer('reader:secret');
    const texts = Object.values(bodies);
    let next = 0;
    server.set(sendTexts(() => texts[next++ % texts.length]!));
    await using runner = await startLimitedRunner(name, variables(server.url));
    const tools = await Promise.all(calls.map(async ([tool, args]) => ({ tool, args, on: await runner.client(tool) })));
    const ask = (n: number) => {
      const { tool, args, on } = tools[n % tools.length]!;
      // The same arguments make the same call.
      return on.callTool({ name: tool, arguments: { ...args } }, { timeout: 270_000 });
    };
    const ends = await endsOf(many(atOnce, ask));
    await runner.requireAlive(`answers of up to 28 MB, ${atOnce} at once`);
    expect(others(ends, /^\[\{"type":"text"/)).toEqual([]);
    // Some were small enough to be read, and what is held was given back.
    server.set(sendTexts(() => '{}'));
    expect(JSON.stringify((await ask(0)).content)).toMatch(/understand|no |not /i);
  });
});

function sendTexts(next: () => string): Illness {
  return (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(next());
}
