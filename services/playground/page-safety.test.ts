import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { findChromium, startBrowser } from '#test/lib/browser.ts';
import { startPlayground, type Playground } from './start.ts';
import { startTestBot, type TestBot } from './testing/bot.ts';

const chromium = findChromium();
const why = chromium === undefined ? ' (skipped: no Chromium on the path, nor in CHROMIUM)' : '';

/** Each would set `pwned`, or lead to a script, if any part of it were taken for more than text. */
const HOSTILE = [
  '<script>pwned = 1</script>',
  '<img src=x onerror="pwned = 1">',
  '"><svg onload="pwned = 1">',
  '[click](javascript:pwned=1) <javascript:pwned=1>',
  '[click](data:text/html,<script>pwned=1</script>)',
  '[a](https://example.com/"onmouseover="pwned=1)',
  '```html\n<script>pwned = 1</script>\n```',
  '`<img src=x onerror=pwned=1>` ||<img src=x onerror=pwned=1>||',
  '> <iframe srcdoc="<script>parent.pwned=1</script>"></iframe>',
  '# <b onclick=pwned=1>big</b>\n- <a href="javascript:pwned=1">item</a>',
  '<t:99999999999999> <@999999999999999999> <#999999999999999999> <@&999999999999999999>',
];

describe.skipIf(chromium === undefined)(`the page and hostile content${why}`, () => {
  let browser: Browser;
  let playground: Playground;
  let bot: TestBot;

  beforeAll(async () => {
    playground = await startPlayground({ rateLimits: false });
    bot = await startTestBot(playground);
    browser = await startBrowser(chromium ?? '');
    return async () => {
      await browser.close();
      await bot[Symbol.asyncDispose]();
      await playground[Symbol.asyncDispose]();
    };
  });

  test('whatever people and bots write is text, and stays whole', async () => {
    const { controls } = playground;
    for (const content of HOSTILE) controls.say({ channel: 'data', author: 'Guest', content });
    const embeds = HOSTILE.map((text) => ({ description: text, title: text.slice(0, 200), footer: { text } })).slice(
      0,
      9,
    );
    await bot.channel('data').send({ embeds });
    await bot.client.rest.post(`/channels/${playground.channels.data}/messages`, {
      body: { embeds: [{ title: 'x', url: 'https://example.com', image: { url: 'https://example.com/track.png' } }] },
    });
    const person = controls.addPerson({ name: '<img src=x onerror=pwned=1>' });
    controls.say({ channel: 'data', author: person, content: 'my name' });
    controls.say({
      channel: 'data',
      author: 'Guest',
      attachments: [{ filename: 'x.html', bytes: '<script>pwned=1</script>' }],
    });
    const page = await browser.newPage();
    const requested: string[] = [];
    page.on('request', (request) => requested.push(request.url()));
    await page.goto(`${playground.pageUrl}/#${playground.channels.data}`);
    await page.locator('.message', { hasText: 'my name' }).first().waitFor();
    for (const spoiler of await page.locator('.spoiler').all()) await spoiler.click();
    expect(await page.evaluate('globalThis.pwned')).toBeUndefined();
    expect(await page.locator('#log script, #log iframe, #log svg, #log [onclick], #log [onerror]').count()).toBe(0);
    const links = await page
      .locator('#log a')
      .evaluateAll((all) => all.map((a) => (a as unknown as { protocol: string }).protocol));
    expect(new Set(links)).toEqual(new Set(['http:', 'https:']));
    expect(await page.locator('#log').innerText()).toContain('<script>pwned = 1</script>');
    expect(requested.filter((url) => !url.startsWith(playground.pageUrl))).toEqual([]);
    await page.close();
  });

  test('an uploaded page cannot run on the same origin', async () => {
    const said = playground.controls.say({
      channel: 'data',
      author: 'Guest',
      attachments: [
        { filename: 'evil.html', bytes: '<script>document.title = "pwned"</script>', contentType: 'text/html' },
        { filename: 'evil.svg', bytes: '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>' },
      ],
    });
    for (const { url } of said.attachments) {
      const response = await fetch(url);
      expect(response.headers.get('content-disposition')).toMatch(/^attachment/);
      expect(response.headers.get('content-security-policy')).toContain('sandbox');
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    }
  });
});
