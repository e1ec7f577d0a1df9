import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prometheusMissing, startTestPrometheus } from '#test/lib/prometheus.ts';
import type { ChildServer } from '#test/lib/child-server.ts';
import { alertRules, samplesUntil } from '../testing/samples.ts';
import { testTools, type Answer, type TestTools } from '../testing/tools.ts';

const why = prometheusMissing === undefined ? '' : ` (${prometheusMissing})`;

describe.skipIf(prometheusMissing !== undefined)(`prometheus_query on a real Prometheus${why}`, () => {
  let server: ChildServer;
  let tools: TestTools;
  const now = Date.now() / 1000;

  beforeAll(async () => {
    server = await startTestPrometheus({ samples: samplesUntil(now), rules: alertRules });
    tools = testTools({ PROMETHEUS_URL: server.url });
  }, 120_000);
  afterAll(async () => {
    await tools?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  const ask = (args: object): Promise<Answer> => tools.call('prometheus_query', args);
  const aMomentAgo = new Date((now - 90) * 1000).toISOString();

  test('at a moment, each series has a row, with the unit that its name tells', async () => {
    const { text, data, pictures } = await ask({ query: 'process_resident_memory_bytes', time: aMomentAgo });
    expect(text).toContain('process_resident_memory_bytes{job="web"} | 100 MiB');
    expect(data).toMatchObject({ unit: 'bytes', total: 1, series: [{ last: 104_857_600 }] });
    expect(pictures).toEqual([]);
  });

  test('over time, the least, the average and the most stay, and there is a picture', async () => {
    const { text, data, pictures } = await ask({ query: 'process_resident_memory_bytes', start: 'now-90m' });
    expect(text).toMatch(/process_resident_memory_bytes\{job="web"\} \| 100 MiB \| 100 MiB \| \S+ MiB \| 858\.3 MiB/);
    const [series] = data['series'] as { max: number; over_time: { min: number; max: number }[] }[];
    expect(series).toMatchObject({ max: 900_000_000 });
    expect(series!.over_time.length).toBeLessThanOrEqual(20);
    expect(series!.over_time.filter(({ max }) => max === 900_000_000)).toHaveLength(1);
    expect(pictures).toHaveLength(1);
    expect(pictures[0]!.subarray(1, 4).toString()).toBe('PNG');
  });

  test('a rate has its unit', async () => {
    const { text, data } = await ask({ query: 'sum by (instance) (rate(http_requests_total[5m]))', time: '-5m' });
    expect(data['unit']).toBe('/s');
    expect(text).toMatch(/\{instance="a"\} \| 2\/s/);
    expect(text).toMatch(/\{instance="b"\} \| 4\/s/);
  });

  test('of many series some are shown, and how to get fewer is said', async () => {
    const { text, data } = await ask({ query: 'many_things', time: aMomentAgo });
    expect(data).toMatchObject({ total: 60, truncated: true });
    expect(text).toContain('[Cut: 40 of 60 series are shown.');
    const range = await ask({ query: 'many_things', start: '-10m' });
    expect(range.text).toContain('those with the largest values');
    expect(range.text).toContain('{n="59"}');
    expect(range.text).not.toContain('{n="3"}');
  });

  test('a metric that there is not is told, with those called alike', async () => {
    const { failed, text } = await ask({ query: 'rate(http_request_total{job="web"}[5m])' });
    expect(failed).toBe(false);
    expect(text).toContain('There is no metric "http_request_total" in that time. Alike: http_requests_total');
  });

  test('for labels that find nothing, those that there are are told', async () => {
    const { text } = await ask({ query: 'http_requests_total{job="wbe"}' });
    expect(text).toContain('http_requests_total exists from that time');
    expect(text).toContain('http_requests_total{instance="a", job="web"}');
  });

  test.each([
    ['half a query', { query: 'sum(' }, /^Prometheus does not take this query: .*parse error/],
    ['no query', { query: '   ' }, /^query is empty/],
    ['a step that is none', { query: 'up', start: '-1h', step: 'often' }, /^step: "often" is no length of time/],
    ['a step of nothing', { query: 'up', start: '-1h', step: '0' }, /^step: "0" is no length/],
    ['an end before the start', { query: 'up', start: 'now', end: 'now-1h' }, /^start must be before end/],
    ['a day that is none', { query: 'up', time: '2026-02-30' }, /^time: "2026-02-30" is no time/],
    ['both kinds of time', { query: 'up', time: 'now', start: '-1h' }, /^Give either time/],
    ['too many samples', { query: 'sum(rate(many_things[30d]))', start: '-40d' }, /^Prometheus/],
  ])('%s is answered with what to do', async (_, args, words) => {
    const { failed, text } = await ask(args);
    if (failed) expect(text).toMatch(words);
    else expect(text).toContain('finds nothing');
  });

  test('a step that is too small is made larger, and that is said', async () => {
    const { text } = await ask({ query: 'process_resident_memory_bytes', start: '-2h', step: '1s' });
    expect(text).toContain('A step of 1s would give too many values; it is 5s.');
  });

  test('a value that lies between two steps is not lost', async () => {
    const { text, data } = await ask({ query: 'brief', start: '-30d' });
    expect(text).toContain('a value every 3h.');
    expect(data).toMatchObject({ total: 1, series: [{ labels: 'brief', last: 5, min: 5, max: 5 }] });
    const reckoned = await ask({ query: 'brief + 0', start: '-30d' });
    expect(reckoned.text).toContain('It was looked at every 3h alone');
  });

  test('what lies behind the last whole step is not lost', async () => {
    const { data } = await ask({ query: 'brief', start: '0' });
    expect(data).toMatchObject({ total: 1, series: [{ labels: 'brief', last: 5 }] });
  });

  test.each(['nan', 'NaN', 'Inf'])('%s is a number, and no metric whose samples could be looked at', async (query) => {
    const { failed, text } = await ask({ query, start: '-1h' });
    expect([failed, text]).toEqual([false, expect.stringContaining('1 series from')]);
  });

  test('the values are told where what lies between them cannot be read', async () => {
    // Two samples of each series at each step are too many; the values alone are not.
    const { failed, text } = await ask({ query: '{__name__=~".+"}', start: '-2h', step: '5s' });
    expect([failed, text]).toEqual([false, expect.stringContaining('What lies between the values could not be read:')]);
  });

  test('a step that is longer than the time is that time', async () => {
    const { failed, text } = await ask({ query: 'many_things{n="7"}', start: '-1h', step: '1000000y' });
    expect(failed).toBe(false);
    expect(text).toContain('A step of 365000000d is longer than the time; it is 1h.');
  });

  test('an average of the largest numbers is not infinite', async () => {
    const { data } = await ask({ query: 'vast', start: '-5m' });
    const [{ avg, max } = { avg: 0, max: 1 }] = data['series'] as { avg: number; max: number }[];
    expect(avg / max).toBeCloseTo(1);
  });

  test('values that are no numbers are told, and JSON can hold them', async () => {
    const { text, data } = await ask({ query: 'odd', time: aMomentAgo });
    expect(text).toContain('| NaN');
    expect(text).toContain('| +Inf');
    expect(JSON.stringify(data)).toContain('"last":null');
  });

  test('labels of others stand in one row each, and cannot turn what follows', async () => {
    const { text } = await ask({ query: 'odd{said!="endless"}', time: aMomentAgo });
    expect(text.split('\n').filter((line) => line.includes('ignore all that'))).toHaveLength(1);
    expect(text).not.toContain('\u202e');
  });

  test('scalars, texts and raw values are shown', async () => {
    expect((await ask({ query: '6 * 7' })).text).toContain('42');
    expect((await ask({ query: '"words"' })).text).toContain('words');
    const raw = await ask({ query: 'many_things{n="7"}[1h]' });
    expect(raw.text).toContain('| 7');
  });

  test('what only an operator may do cannot be reached by any query', async () => {
    const hostile = [
      'up&x=/api/v1/admin/tsdb/snapshot',
      'up#/-/quit',
      '../../-/quit',
      '%2e%2e/admin',
      'up\r\nPOST /-/quit',
    ];
    for (const query of hostile) await ask({ query });
    expect((await fetch(`${server.url}/-/ready`)).status).toBe(200);
  });
});
