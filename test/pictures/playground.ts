import type { Browser, Page } from 'playwright-core';

const ANSWER_MS = 120_000;

/** Asks in #general as Ada and waits until the answer has its last form: the bot shows it is done by its buttons. */
async function ask(page: Page, question: string): Promise<void> {
  const answers = page.locator('.message', { has: page.locator('.badge') });
  const before = await answers.count();
  await page.locator('#message-box').fill(`@Dragoman ${question}`);
  await page.locator('#message-box').press('Enter');
  const answer = answers.nth(before);
  await answer.waitFor({ timeout: ANSWER_MS });
  await answer
    .locator('.button', { hasText: '👍' })
    .or(answer.locator('.row button').nth(1))
    .first()
    .waitFor({ timeout: ANSWER_MS });
  await page.locator('#typing:empty').waitFor({ state: 'attached', timeout: ANSWER_MS });
}

/** The playground at a desk and on a phone, with questions asked and answered. */
export async function picturesOfPlayground(
  browser: Browser,
  url: string,
  questions: string[],
  folder: string,
): Promise<void> {
  const page = await openAs(browser, url, { width: 1120, height: 740 });
  for (const question of questions) await ask(page, question);
  await page.screenshot({ path: `${folder}/playground.png` });
  await page.context().close();
  const phone = await openAs(browser, url, { width: 390, height: 844 });
  await phone.screenshot({ path: `${folder}/playground-phone.png` });
  await phone.context().close();
}

async function openAs(browser: Browser, url: string, viewport: { width: number; height: number }): Promise<Page> {
  const context = await browser.newContext({ viewport, locale: 'en-GB', colorScheme: 'light' });
  const page = await context.newPage();
  await page.goto(url);
  await page.locator('#message-box').waitFor();
  await page.locator('#log .message').first().waitFor();
  return page;
}
