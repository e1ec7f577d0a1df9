import type { Browser } from 'playwright-core';
import { openAs } from './talks/stage.ts';

const PHONE = { width: 390, height: 844 };

/** The playground at a desk and on a phone, with questions asked and answered. */
export async function picturesOfPlayground(
  browser: Browser,
  url: string,
  questions: string[],
  folder: string,
): Promise<void> {
  const ada = await openAs(browser, url, 'Ada', { desk: { width: 1120, height: 740 } });
  const { page } = ada;
  // The first start asks a question of its own.
  await ada.hears('The largest is');
  for (const question of questions) {
    await ada.say(`@Dragoman ${question}`);
    await ada.answered();
  }
  await ada.settle();
  await page.screenshot({ path: `${folder}/playground.png` });
  await page.setViewportSize(PHONE);
  await ada.settle();
  await page.screenshot({ path: `${folder}/playground-phone.png` });
  await page.context().close();
}
