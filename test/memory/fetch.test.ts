import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { memoryCgroupMissing } from '#test/lib/memory-cgroup.ts';
import { hostilePages } from './hostile-html.ts';
import { startLimitedRunner } from './runner.ts';

const why = memoryCgroupMissing ? ` (${memoryCgroupMissing})` : '';

const pageBytes = 10_000_000;

describe.skipIf(memoryCgroupMissing !== undefined)(`tool-runner-fetch in its container's memory${why}`, () => {
  let site: Server;
  let origin: string;

  beforeAll(async () => {
    // One such character makes each of the others take two bytes.
    const made = new Map(Object.entries(hostilePages).map(([name, make]) => [name, `<p>頁</p>${make(pageBytes)}`]));
    site = createServer((request, response) => {
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
    const client = await runner.client('fetch');
    async function get(page: string, more: object = {}): Promise<string> {
      const url = `http://${origin}/${encodeURIComponent(page)}`;
      const call = { name: 'fetch', arguments: { url, ...more } };
      const [content] = (await client.callTool(call, { timeout: 280_000 })).content;
      return content?.type === 'text' ? content.text : '';
    }
    // As many pages as the runner works on at once.
    const ways = [{}, {}, {}, { raw: true }];
    const pages = Object.keys(hostilePages).flatMap((page) => ways.map((more) => ({ page, more })));
    const ends = await Promise.allSettled(pages.map(({ page, more }) => get(page, more)));
    await runner.requireAlive();
    const clear = /^(Content of http|This page could not be turned into text|Too many large pages)/;
    const said = ends.map((end) => (end.status === 'fulfilled' ? end.value.slice(0, 200) : String(end.reason)));
    expect(said.filter((text) => !clear.test(text))).toEqual([]);
    // Whatever came before, the next reader gets an answer.
    expect(await get('')).toContain('An ordinary page.');
  });
});
