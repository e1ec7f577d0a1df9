import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { startPlayground, type Playground } from './start.ts';
import { findChromium, startBrowser } from '#test/lib/browser.ts';
import { startDemoBot } from './testing/demo-bot.ts';

const chromium = findChromium();
const why = chromium === undefined ? ' (skipped: no Chromium on the path, nor in CHROMIUM)' : '';

describe.skipIf(chromium === undefined)(`the page in a real browser${why}`, () => {
  let browser: Browser;
  let playground: Playground;
  let bot: AsyncDisposable;

  beforeAll(async () => {
    playground = await startPlayground({ rateLimits: false });
    bot = await startDemoBot(playground);
    browser = await startBrowser(chromium ?? '');
    return async () => {
      await browser.close();
      await bot[Symbol.asyncDispose]();
      await playground[Symbol.asyncDispose]();
    };
  });

  /** Opens the page as this person and notes every script error and policy violation. */
  async function open(person: string): Promise<{ page: Page; errors: string[] }> {
    const context = await browser.newContext();
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    await page.addInitScript((name) => localStorage.setItem('playground.me', name), person);
    await page.goto(playground.pageUrl);
    await page.locator('#message-box').waitFor();
    return { page, errors };
  }

  async function write(page: Page, text: string): Promise<void> {
    await page.locator('#message-box').fill(text);
    await page.locator('#message-box').press('Enter');
  }

  test('says what it is', async () => {
    const { page } = await open('Ada');
    expect(await page.locator('.banner').innerText()).toMatch(/stand-in for Discord.*not Discord/is);
    expect(await page.locator('#members li', { hasText: 'Dragoman' }).innerText()).not.toContain('not connected');
    await page.close();
  });

  test('a person asks, sees the answer stream in, presses a button and gets an ephemeral answer', async () => {
    const { page, errors } = await open('Dev');
    const other = await open('Max');
    await write(page, '@Dragoman what is the answer?');
    const reply = page.locator('.message', { hasText: 'look that up.' });
    await reply.locator('strong', { hasText: 'look' }).waitFor();
    await reply.locator('.embed', { hasText: 'Result' }).waitFor();
    expect(await reply.locator('.edited').count()).toBe(1);
    expect(await reply.locator('.origin').innerText()).toContain('Dev');
    await reply.getByRole('button', { name: 'Whisper' }).click();
    const whisper = page.locator('.message.ephemeral', { hasText: 'between us' });
    await whisper.waitFor();
    expect(await whisper.innerText()).toContain('Only you can see this');
    await other.page.locator('.message', { hasText: 'look that up.' }).waitFor();
    expect(await other.page.getByText('between us').count()).toBe(0);
    expect(playground.controls.messages('general').at(-1)?.pings).toEqual([playground.people.Dev]);
    expect([...errors, ...other.errors]).toEqual([]);
    await page.context().close();
    await other.page.context().close();
  });

  test('a slash command, a context menu and a modal work', async () => {
    const { page, errors } = await open('Olga');
    await page.locator('#message-box').pressSequentially('/ec');
    await page.getByRole('button', { name: '/echo' }).click();
    await page.getByLabel('text', { exact: true }).fill('hello');
    await page.getByRole('button', { name: 'Run' }).click();
    const echoed = page.locator('.message', { hasText: 'echo: hello' });
    await echoed.waitFor();
    expect(await echoed.locator('.origin').innerText()).toBe('Olga used /echo');
    await echoed.hover();
    await echoed.getByRole('button', { name: 'Apps: Count letters' }).click();
    await page.locator('.ephemeral', { hasText: 'letters: 11' }).waitFor();
    await write(page, '@Dragoman and again');
    await page.getByRole('button', { name: 'Feedback' }).last().click();
    await page.getByLabel('Reason').fill('well done');
    await page.getByRole('button', { name: 'Submit' }).click();
    await page.locator('.ephemeral', { hasText: 'noted: well done' }).waitFor();
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test('replies, reactions, threads, direct messages and files are at hand', async () => {
    const { page, errors } = await open('Ada');
    const asked = playground.controls.say({ channel: 'data', author: 'Max', content: 'look at this' });
    await page.locator('a.channel', { hasText: 'data' }).click();
    const message = page.locator(`#m${asked.id}`);
    await message.hover();
    await message.getByRole('button', { name: 'React with 👍' }).click();
    await message.locator('.reaction[aria-pressed=true]').waitFor();
    await message.hover();
    await message.getByRole('button', { name: 'Reply' }).click();
    await page.locator('#pick').setInputFiles({ name: 'note.txt', mimeType: 'text/plain', buffer: Buffer.from('hi') });
    await page.locator('.chip').waitFor();
    await write(page, 'I see');
    const reply = await playground.controls.waitFor((m) => m.replyTo === asked.id);
    expect(reply.attachments.map(({ filename }) => filename)).toEqual(['note.txt']);
    await message.hover();
    await message.getByRole('button', { name: 'Start a thread' }).click();
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await page.locator('h1', { hasText: '↳ look at this' }).waitFor();
    await page.getByRole('button', { name: 'Message Dragoman' }).click();
    await page.locator('h1', { hasText: '@Dragoman' }).waitFor();
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test('an edit leaves the keyboard where it was, and a bot that goes away is missed', async () => {
    const { page, errors } = await open('Max');
    await write(page, '@Dragoman keep my place');
    const asked = await playground.controls.waitFor((m) => m.content.endsWith('keep my place'));
    const reply = await playground.controls.waitFor((m) => m.replyTo === asked.id && m.components.length > 0);
    await page.locator(`#m${reply.id}`).getByRole('button', { name: 'Feedback' }).focus();
    playground.controls.editMessage(reply.id, 'changed under the hand');
    await page.locator(`#m${reply.id}`, { hasText: 'changed under the hand' }).waitFor();
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Feedback');
    expect(await page.locator('#notice').isVisible()).toBe(false);
    // Cutting the connection is not enough: the bot would be back before a busy page has shown anything.
    await bot[Symbol.asyncDispose]();
    await page.locator('#notice').waitFor();
    bot = await startDemoBot(playground);
    await page.locator('#notice').waitFor({ state: 'hidden' });
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test('who one is decides what one sees', async () => {
    const { page } = await open('Guest');
    expect(await page.locator('a.channel', { hasText: 'ops' }).count()).toBe(0);
    await page.getByLabel('You write as').selectOption({ label: 'Olga — operator, member' });
    await page.locator('a.channel', { hasText: 'ops' }).waitFor();
    playground.controls.permit('general', '@everyone', { deny: ['SEND_MESSAGES'] });
    await page.getByText('You may not write in this channel.').waitFor();
    playground.controls.unpermit('general', '@everyone');
    await page.locator('#message-box').waitFor();
    await page.context().close();
  });
});
