import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChildServer } from '#test/lib/child-server.ts';
import { netdataMissing, startTestNetdata } from '#test/lib/netdata.ts';
import { testTools, type Answer, type TestTools } from '../testing/tools.ts';

const why = netdataMissing === undefined ? '' : ` (${netdataMissing})`;

describe.skipIf(netdataMissing !== undefined)(`netdata_metrics on a real agent${why}`, () => {
  let server: ChildServer;
  let tools: TestTools;

  beforeAll(async () => {
    server = await startTestNetdata();
    tools = testTools({ NETDATA_URL: server.url });
  }, 120_000);
  afterAll(async () => {
    await tools?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  const ask = (args: object = {}): Promise<Answer> => tools.call('netdata_metrics', args);

  test('without a chart, what is measured is listed, with its units', async () => {
    const { text } = await ask();
    expect(text).toMatch(/^\d+ contexts\. Call again/);
    expect(text).toMatch(/system\.cpu \(Total CPU utilization, percentage\)/);
    expect(text).not.toContain('netdata.');
  });

  test('a chart has a row for each dimension: latest, least, average, most', async () => {
    const { text, data } = await ask({ chart: 'system.cpu', after: '-60s' });
    expect(text).toMatch(/^system\.cpu \(Total CPU utilization\), percentage, from \S+Z on:/);
    expect(data).toMatchObject({ unit: '%' });
    const series = data['series'] as { labels: string; min: number; avg: number; max: number }[];
    expect(series.map(({ labels }) => labels)).toContain('{dimension="user"}');
    for (const { min, avg, max } of series) {
      expect(min).toBeLessThanOrEqual(avg);
      expect(avg).toBeLessThanOrEqual(max);
    }
  });

  test('few points keep the least and most of what they stand for', async () => {
    const { data } = await ask({ chart: 'system.cpu', after: '-10m', points: 1 });
    const series = data['series'] as { min: number; max: number; last: number }[];
    expect(series.some(({ min, max }) => min < max)).toBe(true);
  });

  test('a context stands for its charts', async () => {
    const { failed, text } = await ask({ chart: 'net.net' });
    expect(failed).toBe(false);
    expect(text).toMatch(/net\.net|net\.\w+ \(/);
  });

  test.each([
    ['a slip of the pen', { chart: 'system.cup' }, /There is no chart "system\.cup"\. Alike: .*system\.cpu/],
    ['a word of a title', { chart: 'CPU utilization' }, /Alike: .*system\.cpu/],
    ['a time to come', { chart: 'system.cpu', after: 'now+5m' }, /^after must be in the past/],
    ['a time that is none', { chart: 'system.cpu', after: 'recently' }, /is no time that is understood/],
    ['another path', { chart: '../../netdata.conf' }, /^There is no chart/],
    ['further arguments', { chart: 'system.cpu&after=0&format=html' }, /^There is no chart/],
  ])('%s is answered with what to do', async (_, args, words) => {
    const { failed, text } = await ask(args);
    expect([failed, text]).toEqual([true, expect.stringMatching(words)]);
  });
});
