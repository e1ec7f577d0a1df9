import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { findChromium, startBrowser } from '#test/lib/browser.ts';
import { startPlayground, type Playground } from './start.ts';
import { PATIENTLY } from './testing/bot.ts';

const chromium = findChromium();
const why = chromium === undefined ? ' (skipped: no Chromium on the path, nor in CHROMIUM)' : '';

/** Without what differs from one browser to the next: a comma after the weekday, and the full date on hover. */
function plain(html: string): string {
  return html.replace(/(<time [^>]*?) title="[^"]*"/, '$1').replace('Tuesday, ', 'Tuesday ');
}

describe.skipIf(chromium === undefined)(`the samples of Markdown${why}`, () => {
  let browser: Browser;
  let playground: Playground;
  let page: Page;

  beforeAll(async () => {
    playground = await startPlayground();
    browser = await startBrowser(chromium ?? '');
    page = await browser.newPage({ locale: 'en-GB', timezoneId: 'UTC' });
    await page.goto(`${playground.pageUrl}/page/samples.html`);
    await page.locator('#rows tr').first().waitFor();
    await page.locator('.hl-keyword').first().waitFor();
    return async () => {
      await browser.close();
      await playground[Symbol.asyncDispose]();
    };
  });

  test('each is drawn as Discord documents it', async () => {
    const drawn = await page
      .locator('#rows td:nth-child(2) > .text')
      .evaluateAll((all) => all.map((one) => (one as unknown as { innerHTML: string }).innerHTML));
    const samples = await page.evaluate<{ text: string; html: string }[]>(
      "import('/page/samples.js').then(({ SAMPLES }) => SAMPLES)",
    );
    expect(samples.length).toBeGreaterThanOrEqual(60);
    expect(samples.map(({ text }, i) => ({ text, html: plain(drawn[i] ?? '') }))).toEqual(
      samples.map(({ text, html }) => ({ text, html })),
    );
  });

  test('a relative time says how long, and ticks', async () => {
    const now = Date.UTC(2026, 0, 1);
    const seconds = [-5, 20, -50, -90, 600, 3000, -3600 * 5, 3600 * 30, -86_400 * 3, -86_400 * 60, 86_400 * 800];
    const say = `import('/page/times.js').then(({ relative }) => [${seconds.join()}].map((s) => relative(new Date(${now} + s * 1000), ${now})))`;
    expect(await page.evaluate(say)).toEqual([
      '5 seconds ago',
      'in 20 seconds',
      'a minute ago',
      '2 minutes ago',
      'in 10 minutes',
      'in an hour',
      '5 hours ago',
      'in a day',
      '3 days ago',
      '2 months ago',
      'in 2 years',
    ]);
    await page.evaluate(
      `import('/page/times.js').then(({ timeView }) => document.body.append(timeView(Math.floor(Date.now() / 1000) - 1, 'R')))`,
    );
    const mark = page.locator('body > time');
    const before = await mark.innerText();
    await expect.poll(() => mark.innerText(), PATIENTLY).not.toBe(before);
  });
});
