import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Domain } from '#mcp/kit.ts';
import { findChromium } from '#test/lib/browser.ts';
import { config, createDomain } from './domain.ts';
import { handOf } from './testing/hand.ts';
import { startPlayedWeb, type PlayedWeb } from './testing/played-web.ts';

const chromium = findChromium();
const url = 'http://shop.example.com/';

describe.skipIf(chromium === undefined)(
  `the browsers of runs${chromium === undefined ? ' (no Chromium here)' : ''}`,
  { timeout: 240_000 },
  () => {
    let web: PlayedWeb;
    let domain: Domain;

    beforeAll(async () => {
      web = await startPlayedWeb();
      domain = createDomain(config.parse({ BROWSER_EXECUTABLE: chromium, BROWSER_MAX_SESSIONS: 3 }), web.network);
      web.pages.set('/', (request, response) => {
        response.writeHead(200, { 'content-type': 'text/html', 'set-cookie': 'seen=yes' });
        response.end(`<h1>Cookie: ${request.headers.cookie ?? 'none'}</h1><button>Go</button>`);
      });
      web.pages.set('/slow', () => undefined);
    });
    afterEach(async () => {
      for (const run of ['run-1', 'a', 'b', 'c', 'd']) await handOf(domain, run).call('close');
    });
    afterAll(async () => {
      await domain?.[Symbol.asyncDispose]();
      await web?.[Symbol.asyncDispose]();
    });

    test('share nothing, and keep their cookies until they are closed', async () => {
      const [a, b] = [handOf(domain, 'a'), handOf(domain, 'b')];
      await a.call('navigate', { url });
      expect((await a.call('navigate', { url })).text).toContain('Cookie: seen=yes');
      expect((await b.call('navigate', { url })).text).toContain('Cookie: none');
      await a.call('close');
      expect((await a.call('navigate', { url })).text).toContain('Cookie: none');
    });

    test('a killed Chromium costs one clear sentence, and the next call works', async () => {
      const hand = handOf(domain);
      await hand.call('navigate', { url });
      const waiting = hand.call('navigate', { url: `${url}slow` });
      await expect.poll(() => web.asked.at(-1), { timeout: 60_000 }).toBe('shop.example.com/slow');
      process.kill(chromiumPid(), 'SIGKILL');
      expect(await waiting).toMatchObject({
        failed: true,
        text: expect.stringContaining('The browser ended unexpectedly'),
      });
      const next = await hand.call('snapshot');
      expect(next.text).toMatch(/No page is open|pages are gone/);
      expect((await hand.call('navigate', { url })).text).toContain('heading "Cookie: none"');
    });

    test('ten calls at once take turns; runs beyond the limit are told to wait', async () => {
      const hand = handOf(domain);
      await hand.call('navigate', { url });
      const calls = Array.from({ length: 10 }, () => hand.call('snapshot'));
      expect((await Promise.all(calls)).map(({ failed }) => failed)).toEqual(calls.map(() => false));
      const runs = await Promise.all(['a', 'b', 'c', 'd'].map((run) => handOf(domain, run).call('navigate', { url })));
      expect(runs.filter(({ failed }) => failed).map(({ text }) => text)).toEqual([
        'All browsers are in use by other questions. Try again in a minute, or use fetch.',
        'All browsers are in use by other questions. Try again in a minute, or use fetch.',
      ]);
    });

    test('a cancelled call ends at once, and the page is there for the next', async () => {
      const hand = handOf(domain);
      await hand.call('navigate', { url });
      const stop = new AbortController();
      const waiting = hand.call('wait_for', { text: 'never', seconds: 20 }, stop.signal);
      stop.abort();
      expect((await waiting).text).toBe('browser_wait_for was stopped before it finished.');
      expect((await hand.call('snapshot')).text).toContain('button "Go"');
    });

    test('a run that has ended loses its browser; so does one that is idle', async () => {
      const hand = handOf(domain);
      await hand.call('navigate', { url });
      domain.runEnded?.('run-1');
      expect((await hand.call('snapshot')).text).toBe('No page is open. Open one with browser_navigate.');
      const settings = config.parse({ BROWSER_EXECUTABLE: chromium, BROWSER_IDLE_MS: 300 });
      await using hasty = createDomain(settings, web.network);
      const idle = handOf(hasty);
      await idle.call('navigate', { url });
      await expect
        .poll(async () => (await idle.call('snapshot')).text, { timeout: 60_000, interval: 1_000 })
        .toContain('was not used for a while');
    });

    test.each([
      ['navigate', { url: 'file:///etc/passwd' }, 'Only http and https'],
      ['navigate', { url: 5 }, 'Wrong arguments'],
      ['navigate', {}, 'Wrong arguments'],
      ['click', { element: 'x', ref: 'e1; drop' }, 'must be a reference of the snapshot'],
      ['click', { element: 'x', ref: 'e1' }, 'No page is open'],
      ['type', { element: 'x', ref: 'e1' }, 'Wrong arguments'],
      ['wait_for', { text: 'a', text_gone: 'b' }, 'not both'],
      ['wait_for', { seconds: 1e9 }, 'Wrong arguments'],
      ['snapshot', { start_index: -1 }, 'Wrong arguments'],
      ['screenshot', { path: '/etc/x' }, 'Wrong arguments'],
    ])('%s with %j is told what is wrong', async (tool, args, words) => {
      const told = await handOf(domain, 'a').call(tool, args);
      expect(told).toMatchObject({ failed: true, text: expect.stringContaining(words) });
    });
  },
);

/** The newest Chromium that this process has started. */
function chromiumPid(): number {
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const own = pids.filter((pid) => {
    try {
      const [, parent] = /^\d+ \(.*\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
      return (
        Number(parent) === process.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('remote-debugging')
      );
    } catch {
      return false;
    }
  });
  return own.at(-1) ?? 0;
}
