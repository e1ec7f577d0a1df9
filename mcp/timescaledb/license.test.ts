import { afterAll, beforeAll, expect, test } from 'vitest';
import { testSeries, type TestSeries } from './testing/tools.ts';

let series: TestSeries;
beforeAll(async () => {
  series = await testSeries({ licensed: false });
}, 600_000);
afterAll(() => series?.[Symbol.asyncDispose]());

const asked = { hypertable: 'readings', column: 'celsius', function: 'avg', bucket: '6 hours' };

test.each(['null', 'previous', 'linear'])('filling with %s says that the licence lacks it', async (fill) => {
  const { failed, text } = await series.call('timescale_aggregate', { ...asked, fill });
  expect(failed).toBe(true);
  expect(text).toBe(
    'Gap filling is not in this TimescaleDB: its licence or build lacks it. Leave fill out, or tell the user.',
  );
});

test('without filling it aggregates', async () => {
  const { failed, text } = await series.call('timescale_aggregate', { ...asked, fill: 'none' });
  expect(failed).toBe(false);
  expect(text).toMatch(/\| bucket \| avg \|/);
});
