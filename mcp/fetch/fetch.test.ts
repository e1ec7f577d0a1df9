import type { CallToolResult } from '@modelcontextprotocol/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Domain } from '#mcp/kit.ts';
import { config, createDomain } from './domain.ts';
import { startStubInternet, type StubInternet, type StubResponse } from './testing/stub-site.ts';

let internet: StubInternet;
let domain: Domain;

beforeAll(async () => {
  internet = await startStubInternet();
  domain = createDomain(config.parse({}), internet.network);
});
afterAll(async () => {
  await domain[Symbol.asyncDispose]();
  await internet[Symbol.asyncDispose]();
});

interface Reply {
  isError: boolean;
  text: string;
  data: Record<string, unknown>;
}

async function call(args: Record<string, unknown>, response?: StubResponse, signal?: AbortSignal): Promise<Reply> {
  if (response) internet.play({ response });
  const context = { signal: signal ?? new AbortController().signal, progress: () => undefined };
  const result: CallToolResult = await domain.tools[0]!.call({ url: 'https://example.com/page', ...args }, context);
  const [content] = result.content;
  return {
    isError: result.isError === true,
    text: content?.type === 'text' ? content.text : '',
    data: result.structuredContent as Record<string, unknown>,
  };
}

const ARTICLE = `<html><head><title>Bridges</title></head><body><nav><a href="/">Home</a></nav><article><h1>Bridges</h1>
${'<p>A bridge carries a road over a river, which is useful to those who want to cross it dry. </p>'.repeat(6)}
<table><tr><th>Name</th><th>Metres</th></tr><tr><td>Old</td><td>120</td></tr></table>
<p>See <a href="../more">more</a> or <a href="javascript:alert(1)">this</a>.</p><script>evil()</script></article></body></html>`;

test('an article becomes Markdown with absolute links and tables, without scripts', async () => {
  const { text, data } = await call({}, { contentType: 'text/html', body: ARTICLE });
  expect(data).toMatchObject({ title: 'Bridges', status: 200, content_type: 'text/html' });
  expect(text).toContain('| Name | Metres |\n| --- | --- |\n| Old | 120 |');
  expect(text).toContain('[more](https://example.com/more)');
  expect(text).not.toMatch(/javascript:|evil\(\)|<p>/);
});

test('raw returns the source', async () => {
  const { data } = await call({ raw: true }, { contentType: 'text/html', body: ARTICLE });
  expect(data['content']).toBe(ARTICLE);
});

test('parts put together are the whole text, from one download', async () => {
  const body = Array.from({ length: 3000 }, (_, index) => `line ${index} 🙂`).join('\n');
  let got = '';
  let next: number | undefined = 0;
  internet.play({ response: { contentType: 'text/plain; charset=utf-8', body } });
  while (next !== undefined) {
    const { text, data } = await call({ start_index: next, max_length: 7001 });
    got += String(data['content']);
    next = data['next_index'] as number | undefined;
    if (next !== undefined) expect(text).toContain(`call fetch with the same url and start_index=${next}`);
  }
  expect(got).toBe(body);
  expect(internet.requests).toHaveLength(1);
});

test('a new reading from the start is fresh', async () => {
  internet.play({ response: { body: 'one' } });
  await call({});
  await call({});
  expect(internet.requests).toHaveLength(2);
});

test('a start past the end says so', async () => {
  const { text, isError } = await call({ url: 'https://example.com/short', start_index: 50 }, { body: 'short' });
  expect(isError).toBe(false);
  expect(text).toContain('the text has 5 characters');
});

test.each([
  ['JSON as it is', { contentType: 'application/json', body: '{"a": [1,  2]}' }, '{"a": [1,  2]}'],
  ['a suffix +json', { contentType: 'application/problem+json', body: '{}' }, '{}'],
  ['no declared type, text', { headers: { 'content-type': '' }, body: 'plain words' }, 'plain words'],
  ['an older charset', { contentType: 'text/plain; charset=iso-8859-1', body: 'abc' }, 'abc'],
])('%s', async (_, response, wanted) => {
  expect((await call({}, response)).data['content']).toBe(wanted);
});

test.each([
  ['an image', { contentType: 'image/png', bytes: 2000 }, 'This is image/png, 2,000 bytes: not text'],
  ['zeros declared as text', { contentType: 'text/plain', body: 'ab\u0000cd' }, 'not text'],
])('%s is described, not shown', async (_, response, wanted) => {
  const { text, data } = await call({}, response);
  expect(text).toContain(wanted);
  expect(data['content']).toBe('');
});

test.each([
  [404, 'there is no such page'],
  [403, 'wants a login'],
  [429, 'Wait before'],
  [503, 'Try again later'],
  [304, 'gave no page'],
])('status %i says what to do', async (status, advice) => {
  const { isError, text } = await call({}, { status, body: '' });
  expect(isError).toBe(true);
  expect(text).toContain(`example.com answered ${status}`);
  expect(text).toContain(advice);
});

test('an unknown encoding is refused with a sentence', async () => {
  const { isError, text } = await call({}, { headers: { 'content-encoding': 'compress' }, body: 'x' });
  expect(isError).toBe(true);
  expect(text).toContain('encoding that cannot be read');
});

test('a header flood is refused', async () => {
  const headers = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`x-${index}`, 'y'.repeat(1000)]));
  expect((await call({}, { headers, body: 'x' })).text).toContain('did not speak proper HTTP');
});

test('cancelling ends the request at the site', async () => {
  internet.play({ response: { bytesPerSecond: 1 } });
  const stop = new AbortController();
  const running = call({}, undefined, stop.signal);
  await expect.poll(() => internet.requests.length).toBe(1);
  stop.abort();
  expect((await running).text).toBe('fetch was stopped before it finished.');
});

test('a page nested beyond any sense costs a sentence, and the next page is read', async () => {
  const body = `<html><body>${'<div>'.repeat(200_000)}x</body></html>`;
  const first = await call({}, { contentType: 'text/html', body });
  if (first.isError) expect(first.text).toContain('raw=true');
  const next = await call({}, { contentType: 'text/html', body: ARTICLE });
  expect(next.data['title']).toBe('Bridges');
});
