import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Domain } from '#mcp/kit.ts';
import { config, createDomain } from './domain.ts';
import { startEmbeddedTimescale, type EmbeddedTimescale } from './embedded/server.ts';

let folder: string;
let server: EmbeddedTimescale;
let domain: Domain;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dragoman-timescale-'));
  server = await startEmbeddedTimescale({ folder: join(folder, 'data') });
  domain = createDomain(
    config.parse({ TIMESCALE_URL: server.url, TIMESCALE_MAX_CONNECTIONS: 1, TIMESCALE_STATEMENT_TIMEOUT_MS: 60_000 }),
  );
}, 240_000);
afterAll(async () => {
  await domain?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function said(name: string, args: object = {}): Promise<string> {
  const tool = domain.tools.find((each) => each.name === name)!;
  const { content } = await tool.call(args, { signal: new AbortController().signal, progress: () => undefined });
  return content[0]?.type === 'text' ? content[0].text : '';
}

const readings = { hypertable: 'readings' };

test.each<[string, object, RegExp]>([
  ['timescale_list_hypertables', {}, /\| public\.readings \| time \|/],
  ['timescale_describe_hypertable', readings, /\| time \| timestamp with time zone \| NO \| Time \| 7 days \|/],
  ['timescale_chunks', readings, /_hyper_1_/],
  ['timescale_compression', {}, /\| public\.readings \| sensor \|/],
  ['timescale_continuous_aggregates', {}, /\| public\.readings_daily \| public\.readings \|/],
  ['timescale_jobs', readings, /Retention Policy/],
  [
    'timescale_query',
    { query: "select time_bucket('1 day', time) as day, count(*) from readings group by 1 order by 1 limit 2" },
    /\| day \| count \|/,
  ],
  ['timescale_query', { query: 'select count(*) as days from readings_daily' }, /\| days \|/],
  [
    'timescale_aggregate',
    { ...readings, column: 'celsius', function: 'avg', bucket: '1 day', group_by: ['sensor'] },
    /\| bucket \| sensor \| avg \|\n.*\n.*roastery|green-store/,
  ],
  [
    'timescale_aggregate',
    { ...readings, column: 'celsius', function: 'last', bucket: '6 hours', from: 'now() - 5 days' },
    /\| bucket \| last \|/,
  ],
  ['timescale_latest', { ...readings, by: ['sensor'] }, /green-store[\s\S]*roastery[\s\S]*tasting/],
])(
  '%s %o',
  async (name, args, expected) => {
    expect(await said(name, args)).toMatch(expected);
  },
  120_000,
);

test.each<[string, object, RegExp]>([
  [
    'timescale_aggregate',
    { ...readings, column: 'celsius', function: 'avg', bucket: '6 hours', fill: 'previous' },
    /Gap filling is not in this TimescaleDB/,
  ],
  [
    'timescale_chunks',
    { hypertable: 'reading"; drop table readings; --' },
    /There is no hypertable .* The hypertables are public\.readings/,
  ],
  [
    'timescale_aggregate',
    { ...readings, column: 'x', function: 'avg', bucket: '1 day' },
    /no column "x"\. The columns are .*celsius/,
  ],
  [
    'timescale_aggregate',
    { ...readings, column: 'celsius', function: 'avg', bucket: "1'; drop" },
    /invalid input syntax for type interval/,
  ],
  ['timescale_query', { query: 'delete from readings' }, /DELETE|only reading/i],
  ['timescale_query', { query: "select drop_chunks('readings', now())" }, /drop_chunks/],
  ['timescale_query', { query: 'select * from nope' }, /timescale_list_hypertables/],
])(
  '%s %o is refused',
  async (name, args, expected) => {
    expect(await said(name, args)).toMatch(expected);
  },
  120_000,
);
