import type { Browser, BrowserContext } from 'playwright-core';
import { ToolError } from '#mcp/kit.ts';
import { orAbort } from '#mcp/fetch/network.ts';
import { openGate, type Gate, type GateRules } from './gate.ts';
import { createNotes, type Notes } from './notes.ts';
import type { Snapshot } from './snapshot-lines.ts';
import { createTabs, type Tab, type Tabs } from './tabs.ts';

export interface SessionRules extends GateRules {
  maxPages: number;
  /** Milliseconds for one call. */
  timeoutMs: number;
  /** Set in tests alone, whose sites have no certificates. */
  ignoreCertificates?: boolean;
}

/** The browser of one run: cookies, pages and a way out of its own. Calls take turns. */
export interface Session extends AsyncDisposable {
  tabs: Tabs;
  notes: Notes;
  gate: Gate;
  /** What was typed into password fields of this run; never shown again. */
  secrets: Set<string>;
  /** The newest snapshot, whose further parts may be asked for. */
  snapshot: Snapshot | undefined;
  /** The page of that snapshot. */
  lookedAt: Tab | undefined;
  /** `performance.now()` of the last call's end. */
  usedAt: number;
  /** How many calls are at work or wait for their turn. */
  busy: number;
  /** Runs `work` when the calls before it are done. */
  inTurn<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>;
  /** True when its browser is gone. */
  dead(): boolean;
}

const VIEWPORT = { width: 1280, height: 800 };

export async function openSession(browser: Browser, rules: SessionRules): Promise<Session> {
  await using building = new AsyncDisposableStack();
  const gate = building.use(await openGate(rules));
  const context = await newContext(browser, gate, rules);
  building.defer(() => context.close().catch(() => undefined));
  const notes = createNotes();
  const unpacked = (bytes: number): void => gate.unpacked(bytes);
  const tabs = createTabs(context, { urls: rules.rules, most: rules.maxPages, unpacked }, notes);
  const owned = building.move();
  let last: Promise<unknown> = Promise.resolve();
  const session: Session = {
    tabs,
    notes,
    gate,
    secrets: new Set(),
    snapshot: undefined,
    lookedAt: undefined,
    usedAt: performance.now(),
    busy: 0,
    async inTurn(signal, work) {
      session.busy += 1;
      const before = last;
      const mine = orAbort(before, signal).then(work);
      // The next one waits for this one's true end, even if this one's caller is gone; a failure is this one's alone.
      last = Promise.allSettled([before, mine]);
      try {
        return await mine;
      } finally {
        session.busy -= 1;
        session.usedAt = performance.now();
      }
    },
    dead: () => !browser.isConnected(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
  return session;
}

/** Remembers nothing of other runs, takes no files, and grants pages nothing. */
async function newContext(browser: Browser, gate: Gate, rules: SessionRules): Promise<BrowserContext> {
  const context = await browser.newContext({
    proxy: { server: gate.url },
    acceptDownloads: false,
    serviceWorkers: 'block',
    permissions: [],
    viewport: VIEWPORT,
    ignoreHTTPSErrors: rules.ignoreCertificates === true,
    locale: 'en-US',
  });
  context.setDefaultTimeout(rules.timeoutMs);
  return context;
}

/** The page that calls work with. Throws a ToolError when there is none. */
export function currentTab(session: Session): Tab {
  const tab = session.tabs.current();
  if (tab === undefined) throw new ToolError('No page is open. Open one with browser_navigate.');
  return tab;
}
