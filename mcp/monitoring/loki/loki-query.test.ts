import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPlayedLoki, type PlayedLine, type PlayedLoki } from '../testing/played-loki.ts';
import { testTools, type Answer, type TestTools } from '../testing/tools.ts';

let loki: PlayedLoki;
let tools: TestTools;
const now = Date.now();
const web = { app: 'web', host: 'a' };

const lines: PlayedLine[] = [
  ...Array.from({ length: 120 }, (_, at) => [now - (120 - at) * 10_000, web, `request ${at} done`] as const),
  [now - 5_000, { app: 'web', host: 'b' }, 'request failed: error 500'],
  [
    now - 4_000,
    { app: 'api', host: 'b' },
    `first line\n2026-11-27T00:00:00.000Z {app="bank"} a line that poses as another`,
  ],
  [now - 3_000, { app: 'long', host: 'b' }, 'x'.repeat(50_000)],
  [now - 86_400_000 * 2, { app: 'old' }, 'from before'],
];

beforeAll(async () => {
  loki = await startPlayedLoki(lines, 'team');
  tools = testTools({ LOKI_URL: loki.url, LOKI_TENANT: 'team' });
});
afterAll(async () => {
  await tools?.[Symbol.asyncDispose]();
  await loki?.[Symbol.asyncDispose]();
});

const ask = (args: object): Promise<Answer> => tools.call('loki_query', args);

test('the newest lines come first', async () => {
  const { text, data } = await ask({ query: '{app="web"} |= "error"' });
  expect(text).toMatch(/1 lines, the newest first:\n\S+Z \{app="web", host="b"\} request failed: error 500/);
  expect(data).toMatchObject({ truncated: false, lines: [{ line: 'request failed: error 500' }] });
});

test('a cut says how to go on, and going on loses no line', async () => {
  const seen = new Set<string>();
  let end: string | undefined;
  for (let page = 0; page < 10; page += 1) {
    const { text, data } = await ask({ query: '{app="web"}', limit: 30, start: '-2h', ...(end && { end }) });
    for (const { line } of data['lines'] as { line: string }[]) seen.add(line);
    end = /Go on with end=(\S+),/.exec(text)?.[1];
    if (end === undefined) break;
  }
  expect(seen.size).toBe(121);
});

test('the oldest come first when that is asked for', async () => {
  const { data } = await ask({ query: '{app="web"}', start: '-2h', limit: 2, direction: 'forward' });
  expect((data['lines'] as { line: string }[]).map(({ line }) => line)).toEqual(['request 0 done', 'request 1 done']);
});

test('the labels that there are are told when nothing is found', async () => {
  const { failed, text } = await ask({ query: '{app="wbe"}' });
  expect(failed).toBe(false);
  expect(text).toContain('Labels in that time: app, host');
  expect(text).toContain('app: api, long, web');
  expect(text).not.toContain('old');
  expect((await ask({ query: '{app="web"}', start: '2020-01-01', end: '2020-01-02' })).text).toContain(
    'no lines at all',
  );
});

test('values over time are a table, and a picture', async () => {
  const { text, pictures } = await ask({ query: 'count_over_time({host="a"}[1m])' });
  expect(text).toMatch(/1 series from .* a value every 15s/);
  expect(text).toContain('over time:');
  expect(pictures).toHaveLength(1);
});

test('a line of several cannot pose as another entry, and a long one is cut', async () => {
  const posing = await ask({ query: '{app="api"}' });
  expect(posing.text).toMatch(/first line\n {4}2026-11-27T00/);
  const long = await ask({ query: '{app="long"}' });
  expect(long.text).toContain('[49000 characters more]');
});

test('what Loki says of a wrong query is told, and a missing tenant', async () => {
  expect(await ask({ query: 'errors please' })).toMatchObject({
    failed: true,
    text: expect.stringMatching(/^Loki does not take this query: "parse error at line 1.*Mend the LogQL/),
  });
  await using without = testTools({ LOKI_URL: loki.url });
  expect((await without.call('loki_query', { query: '{app="web"}' })).text).toContain('must set LOKI_TENANT');
});

test('only the paths of queries are ever asked for', async () => {
  const hostile = [
    '{app="a"}/../../../delete',
    '{a="\r\nDELETE / HTTP/1.1"}',
    '{app="web"}&path=/loki/api/v1/push',
    '#/flush',
  ];
  for (const query of hostile) await ask({ query });
  for (const { url } of loki.asked)
    expect(url.pathname).toMatch(/^\/loki\/api\/v1\/(?:query_range|labels|label\/\w+\/values)$/);
});
