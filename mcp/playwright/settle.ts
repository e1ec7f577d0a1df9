import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { orAbort } from '#mcp/fetch/network.ts';
import type { Session } from './session.ts';

/** Milliseconds: in which a click that leads elsewhere begins to; that a page gets to load all it shows. */
const BEGINS_MS = 400;
const LOADS_MS = 4_000;

/** Waits until what an action has set off has come to rest: another page, another window, or nothing. */
export async function settle(session: Session, page: Page, signal: AbortSignal): Promise<void> {
  const moved = page.waitForEvent('framenavigated', { timeout: BEGINS_MS }).catch(() => undefined);
  const asks = page
    .waitForEvent('request', {
      predicate: (request) => request.isNavigationRequest() && request.frame() === page.mainFrame(),
      timeout: BEGINS_MS,
    })
    .catch(() => undefined);
  const opened = page.waitForEvent('popup', { timeout: BEGINS_MS }).catch(() => undefined);
  await orAbort(Promise.race([moved, asks, opened]), signal);
  await orAbort(session.tabs.settled(), signal);
  const current = session.tabs.current()?.page;
  if (current === undefined) return;
  await loaded(current, signal);
}

/** Waits until a page has loaded, or long enough. */
export async function loaded(page: Page, signal: AbortSignal): Promise<boolean> {
  const load = page.waitForLoadState('load', { timeout: LOADS_MS }).then(
    () => true,
    () => false,
  );
  const done = await orAbort(load, signal);
  // A page that writes itself does so right after it has loaded.
  if (done) await delay(50, undefined, { signal });
  return done;
}
