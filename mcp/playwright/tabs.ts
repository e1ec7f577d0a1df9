import type { BrowserContext, CDPSession, Dialog, Page } from 'playwright-core';
import type { UrlRules } from '#mcp/fetch/urls.ts';
import { shown } from '#mcp/words.ts';
import type { Notes } from './notes.ts';
import { guardPage } from './page-guard.ts';

/** A page of a run with the session that looks into it below Playwright. */
export interface Tab {
  page: Page;
  session: CDPSession;
  /** True once its process has ended. */
  crashed: boolean;
}

/** The pages of one run, the newest last; that one is worked with. */
export interface Tabs {
  /** The page that is worked with; undefined when there is none. */
  current(): Tab | undefined;
  /** Opens the first page. */
  open(): Promise<Tab>;
  /** While a call is at work, pages that it opens are kept. At other times they are closed at once. */
  expect(opening: boolean): void;
  /** Aborts when the page that the present call works with breaks down: some of what it was asked is never answered. */
  broken(): AbortSignal;
  /** Resolves when the pages that came up meanwhile can be used. */
  settled(): Promise<void>;
  /** True when the page has shown more dialogs in this call than any sane page does. */
  flooded(): boolean;
}

export interface TabRules {
  urls: UrlRules;
  /** Pages that a run may have at once. */
  most: number;
  /** Hears of bytes that a page has unpacked. */
  unpacked: (bytes: number) => void;
}

const MOST_DIALOGS = 20;

export function createTabs(context: BrowserContext, rules: TabRules, notes: Notes): Tabs {
  const tabs: Tab[] = [];
  const adopting = new Set<Promise<unknown>>();
  let opening = false;
  let dialogs = 0;
  let broken = new AbortController();

  async function adopt(page: Page): Promise<Tab> {
    heed(page);
    const session = await guardPage(page, rules.urls, (sentence) => notes.add(sentence));
    session.on('Network.dataReceived', ({ dataLength }) => rules.unpacked(dataLength));
    await session.send('Network.enable');
    const tab: Tab = { page, session, crashed: false };
    page.once('crash', () => {
      tab.crashed = true;
      if (tabs.at(-1) === tab) broken.abort();
    });
    page.once('close', () => {
      const at = tabs.indexOf(tab);
      if (at >= 0) tabs.splice(at, 1);
    });
    if (!page.isClosed()) tabs.push(tab);
    return tab;
  }

  /** Answers what would otherwise wait for a person. */
  function heed(page: Page): void {
    page.on('dialog', (dialog) => void answer(dialog));
    page.on('download', (download) => {
      notes.add(
        `The page offered the file ${shown(download.suggestedFilename())}, which was not taken; downloads are off.`,
      );
      download.cancel().catch(() => undefined);
    });
    page.on('filechooser', () => notes.add('The page asked for a file to upload; none can be given.'));
    page.on('framenavigated', (frame) => {
      if (frame === page.mainFrame()) void leaveOddPlaces(page);
    });
  }

  async function answer(dialog: Dialog): Promise<void> {
    dialogs += 1;
    if (dialog.type() !== 'beforeunload')
      notes.add(`The page showed ${article(dialog.type())} saying ${shown(dialog.message())}; it was closed.`);
    // A page is left when it is told to; every other question is answered with no.
    await (dialog.type() === 'beforeunload' ? dialog.accept() : dialog.dismiss()).catch(() => undefined);
  }

  /** A page may only be at an address of the web: what it writes itself at another one has no origin to go by. */
  async function leaveOddPlaces(page: Page): Promise<void> {
    if (/^(?:https?:|about:blank|about:srcdoc|chrome-error:)/.test(page.url())) return;
    notes.add(`The page went to ${shown(page.url().slice(0, 60))}, which is no address of the web; it was left.`);
    await page.goto('about:blank').catch(() => undefined);
  }

  context.on('page', (page) => {
    // The first page is opened here.
    if (tabs.length === 0 && !opening) return;
    const surplus = !opening || tabs.length >= rules.most;
    if (surplus) notes.add('The page opened another window, which was closed.');
    const work = surplus
      ? page.close().catch(() => undefined)
      : adopt(page)
          .then(() => noteNew(page))
          .catch(() => undefined);
    adopting.add(work);
    void work.finally(() => adopting.delete(work));
  });

  function noteNew(page: Page): void {
    if (!page.isClosed()) notes.add('This is another window that the page opened; it is the one you work with now.');
  }

  return {
    current: () => tabs.at(-1),
    async open() {
      const was = opening;
      opening = false;
      try {
        return await adopt(await context.newPage());
      } finally {
        opening = was;
      }
    },
    expect(now) {
      opening = now;
      dialogs = 0;
      broken = new AbortController();
      if (tabs.at(-1)?.crashed === true) broken.abort();
    },
    broken: () => broken.signal,
    async settled() {
      while (adopting.size > 0) await Promise.all(adopting);
    },
    flooded: () => dialogs > MOST_DIALOGS,
  };
}

function article(type: string): string {
  return type === 'alert' ? 'an alert' : `a question (${type})`;
}
