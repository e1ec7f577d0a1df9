import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createDeflate } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pdfOf } from '#mcp/fetch/testing/pdf.ts';
import { memoryCgroupMissing } from '#test/lib/memory-cgroup.ts';
import { hostilePages } from './hostile-html.ts';
import { long, startLimitedRunner, why, type LimitedRunner } from './limited.ts';

const pageBytes = 10_000_000;
/** The most that an operator may set. */
const mostBytes = 50_000_000;

describe.skipIf(memoryCgroupMissing !== undefined)(`tool-runner-fetch in its container's memory${why}`, () => {
  let site: Server;
  let origin: string;
  let bomb: Buffer;

  beforeAll(async () => {
    // One such character makes each of the others take two bytes.
    const made = new Map(Object.entries(hostilePages).map(([name, make]) => [name, `<p>頁</p>${make(pageBytes)}`]));
    bomb = pdfOf({ pages: [await packedSpaces(1000)] });
    site = createServer((request, response) => {
      if (request.url === '/bomb.pdf')
        return void response.writeHead(200, { 'content-type': 'application/pdf' }).end(bomb);
      if (request.url === '/long') return void response.writeHead(200, { 'content-type': 'text/plain' }).end(long50);
      const page = made.get(decodeURIComponent(request.url?.slice(1) ?? ''));
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
      response.end(page ?? '<p>An ordinary page.</p>');
    });
    await once(site.listen(0, '127.0.0.1'), 'listening');
    origin = `127.0.0.1:${(site.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    site?.closeAllConnections();
    site?.close();
  });

  test('hostile pages, all at once, end as an answer or a tool error', { timeout: 300_000 }, async () => {
    const env = { FETCH_ALLOWED_HOSTS: origin, FETCH_MAX_BYTES: String(pageBytes), FETCH_TIMEOUT_MS: '120000' };
    await using runner = await startLimitedRunner('fetch', env);
    const get = await getterOf(runner);
    // In the long form as many as the runner works on at once.
    const ways = long ? [{}, {}, {}, { raw: true }] : [{}, { raw: true }];
    const pages = Object.keys(hostilePages).flatMap((page) => ways.map((more) => ({ page, more })));
    const ends = await Promise.allSettled(pages.map(({ page, more }) => get(page, more)));
    await runner.requireAlive('hostile pages');
    expect(unclear(ends)).toEqual([]);
    // Whatever came before, the next reader gets an answer.
    expect(await get('')).toContain('An ordinary page.');
  });

  test('the highest FETCH_MAX_BYTES, with PDFs that unfold to a gigabyte', { timeout: 300_000 }, async () => {
    const env = { FETCH_ALLOWED_HOSTS: origin, FETCH_MAX_BYTES: String(mostBytes), FETCH_TIMEOUT_MS: '120000' };
    await using runner = await startLimitedRunner('fetch', env);
    const get = await getterOf(runner);
    const pages = ['long', 'bomb.pdf', 'long', 'elements beside each other', 'bomb.pdf', 'long', 'entities', 'long'];
    const ends = await Promise.allSettled(pages.map((page) => get(page)));
    await runner.requireAlive('the highest FETCH_MAX_BYTES, and PDFs that unfold to a gigabyte');
    expect(unclear(ends)).toEqual([]);
    expect(await get('')).toContain('An ordinary page.');
    expect(await get('long')).toMatch(/larger than [\d,]+ bytes/);
  });

  async function getterOf(runner: LimitedRunner): Promise<(page: string, more?: object) => Promise<string>> {
    const client = await runner.client('fetch');
    return async (page, more = {}) => {
      const url = `http://${origin}/${encodeURIComponent(page)}`;
      const call = { name: 'fetch', arguments: { url, ...more } };
      const [content] = (await client.callTool(call, { timeout: 280_000 })).content;
      return content?.type === 'text' ? content.text : '';
    };
  }
});

/** More than any limit, with letters that take two bytes in memory. */
const long50 = Buffer.from('頁 '.repeat(15_000_000));

/** Ends that are neither an answer nor a refusal that says what to do. */
function unclear(ends: PromiseSettledResult<string>[]): string[] {
  const clear = /^(Content of http|This (page could not be turned|PDF is damaged)|Too many large pages)/;
  const said = ends.map((end) => (end.status === 'fulfilled' ? end.value.slice(0, 200) : String(end.reason)));
  return said.filter((text) => !clear.test(text));
}

/** So many megabytes of spaces, packed. */
async function packedSpaces(megabytes: number): Promise<Buffer> {
  const spaces = Readable.from(Array.from({ length: megabytes }, () => Buffer.alloc(1_000_000, ' ')));
  const packer = createDeflate({ level: 1 });
  return Buffer.concat(await pipeline(spaces, packer, (packed: AsyncIterable<Buffer>) => Array.fromAsync(packed)));
}
