import { afterAll, beforeAll, expect, test } from 'vitest';
import { config, createDomain } from './domain.ts';
import { testSeries, type TestSeries } from './testing/tools.ts';

let series: TestSeries;
beforeAll(async () => {
  series = await testSeries();
}, 600_000);
afterAll(() => series?.[Symbol.asyncDispose]());

async function said(name: string, args: object = {}): Promise<string> {
  return (await series.call(name, args)).text;
}

test('without an address there are no tools, and nothing to check', async () => {
  await using none = createDomain(config.parse({}));
  expect(none.tools).toEqual([]);
  await none.check();
});

test('it is ready', () => series.domain.check());

const readings = { hypertable: 'readings' };

test.each<[string, object, RegExp]>([
  ['timescale_list_hypertables', {}, /\| public\.readings \| time \|/],
  ['timescale_describe_hypertable', readings, /\| time \| timestamp with time zone \| NO \| Time \| 7 days \| NULL \|/],
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
  [
    'timescale_aggregate',
    { ...readings, column: 'celsius', function: 'avg', bucket: '6 hours', fill: 'previous', from: '5 days ago' },
    /\| bucket \| avg \|/,
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
