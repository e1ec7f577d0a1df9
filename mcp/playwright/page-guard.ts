import type { CDPSession, Frame, Page } from 'playwright-core';
import { ToolError } from '#mcp/kit.ts';
import { reachOf } from '#mcp/fetch/addresses.ts';
import { hostOf, openedBy } from '#mcp/fetch/hosts.ts';
import { checkUrl, type UrlRules } from '#mcp/fetch/urls.ts';
import { isIP } from 'node:net';

/** Schemes that carry what the page has already; nothing is loaded from elsewhere. */
const OWN = new Set(['data:', 'blob:', 'about:']);

/**
 * Stops requests in the browser itself, before they reach the gate: each hop of a redirect, and what frames of other
 * sites ask for. `refused` gets a sentence. Requests that do not pass here (WebSockets, workers) meet the same rules at
 * the gate.
 */
export async function guardPage(page: Page, rules: UrlRules, refused: (sentence: string) => void): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page);
  await guard(session, rules, refused);
  // A frame of another site lives in a process of its own, and has a session of its own once it is there.
  page.on('framenavigated', (frame) => {
    if (frame.parentFrame() !== null) void guardFrame(frame, rules, refused);
  });
  return session;
}

async function guardFrame(frame: Frame, rules: UrlRules, refused: (sentence: string) => void): Promise<void> {
  try {
    await guard(await frame.page().context().newCDPSession(frame), rules, refused);
  } catch {
    // It shares its page's process and session, or is gone.
  }
}

async function guard(session: CDPSession, rules: UrlRules, refused: (sentence: string) => void): Promise<void> {
  session.on('Fetch.requestPaused', ({ requestId, request, resourceType }) => {
    const problem = problemOf(request.url, rules);
    // An aborted navigation leaves the page where it is.
    const errorReason = resourceType === 'Document' ? ('Aborted' as const) : ('BlockedByClient' as const);
    if (problem !== undefined && resourceType === 'Document') refused(problem);
    const done =
      problem === undefined
        ? session.send('Fetch.continueRequest', { requestId })
        : session.send('Fetch.failRequest', { requestId, errorReason });
    // The request may be gone with its page.
    done.catch(() => undefined);
  });
  await session.send('Fetch.enable', { patterns: [{ urlPattern: '*', requestStage: 'Request' }] });
}

/** Why the browser may not ask for this address; undefined when it may. Names are looked up by the gate alone. */
export function problemOf(address: string, rules: UrlRules): string | undefined {
  const url = URL.parse(address);
  if (!url) return 'The page went to something that is not a valid address.';
  if (OWN.has(url.protocol)) return undefined;
  try {
    checkUrl(url, rules);
  } catch (error) {
    return error instanceof ToolError ? error.message : 'The page went to an address that may not be opened.';
  }
  const host = hostOf(url);
  const reach = isIP(host) ? reachOf(host) : 'public';
  const opened = openedBy(url, rules.opened, rules.ports) !== undefined;
  if (reach === 'public' || (opened && reach === 'internal')) return undefined;
  return `${host} is an address that is not public, so it is not opened.`;
}
