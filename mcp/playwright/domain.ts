import { z } from 'zod';
import { addressSettings, proxyOf, rulesOf } from '#mcp/fetch/address-settings.ts';
import { systemNetwork, type Network } from '#mcp/fetch/network.ts';
import { checkProxy } from '#mcp/fetch/proxy.ts';
import type { Domain } from '#mcp/kit.ts';
import { findChromium } from './chromium.ts';
import { createSessions } from './sessions.ts';
import { createSharedBrowser } from './shared-browser.ts';
import { clickTool } from './tools/click.ts';
import { closeTool } from './tools/close.ts';
import { navigateTool } from './tools/navigate.ts';
import { screenshotTool } from './tools/screenshot.ts';
import { snapshotTool } from './tools/snapshot.ts';
import { typeTool } from './tools/type.ts';
import { waitForTool } from './tools/wait-for.ts';

const number = (least: number, most: number, usual: number) =>
  z.coerce.number().int().min(least).max(most).default(usual);

export const config = z.object({
  ...addressSettings,
  BROWSER_EXECUTABLE: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'The Chromium to use; without it the one in /usr/bin' }),
  BROWSER_SANDBOX: z.enum(['auto', 'on', 'off']).default('auto').meta({
    description: "Chromium's own sandbox; auto: on where it works, off for root and where users have no namespaces",
  }),
  BROWSER_MAX_SESSIONS: number(1, 50, 6).meta({ description: 'Runs that have a browser at once' }),
  BROWSER_MAX_PAGES: number(1, 20, 4).meta({ description: 'Windows that the pages of one run may have at once' }),
  BROWSER_TIMEOUT_MS: number(1_000, 110_000, 30_000).meta({
    description: 'Milliseconds for one call of a browser tool',
  }),
  BROWSER_IDLE_MS: number(100, 86_400_000, 600_000).meta({
    description: "Milliseconds without a call after which a run's browser is closed; approvals take that time too",
  }),
  BROWSER_MAX_BYTES: number(10_000, 2_000_000_000, 50_000_000).meta({
    description: 'Most bytes that pages load during one call, as they come over the wire',
  }),
  BROWSER_MEMORY_MB: number(200, 65_536, 1_200).meta({
    description: 'Megabytes that all of Chromium may hold; beyond that the largest page is ended',
  }),
});

/** What tests replace: name resolution and connections, and the certificates of sites that have none. */
export interface Overrides extends Partial<Network> {
  ignoreCertificates?: boolean;
}

/** The browser domain. Chromium is started by the first call that needs it. */
export function createDomain(settings: z.output<typeof config>, overrides: Overrides = {}): Domain {
  const { ignoreCertificates = false, ...network } = overrides;
  const proxy = proxyOf(settings);
  const executable = findChromium(settings.BROWSER_EXECUTABLE);
  const browser = createSharedBrowser({
    executable,
    sandbox: settings.BROWSER_SANDBOX,
    memoryBytes: settings.BROWSER_MEMORY_MB * 1024 * 1024,
    report: (line) => void process.stderr.write(`playwright: ${line}\n`),
  });
  const sessions = createSessions(browser, {
    network: { ...systemNetwork, ...network },
    rules: rulesOf(settings),
    proxy,
    maxBytes: settings.BROWSER_MAX_BYTES,
    maxPages: settings.BROWSER_MAX_PAGES,
    timeoutMs: settings.BROWSER_TIMEOUT_MS,
    maxSessions: settings.BROWSER_MAX_SESSIONS,
    idleMs: settings.BROWSER_IDLE_MS,
    ignoreCertificates,
  });
  return {
    name: 'playwright',
    title: 'Browser',
    keywords:
      'browser web website page click button form type screenshot Webseite klicken Formular Bildschirmfoto navegador clic formulario captura navigateur bouton formulaire браузер страница кнопка снимок 浏览器 点击 截图 ブラウザ クリック スクリーンショット',
    off: executable === undefined,
    tools: [
      navigateTool(sessions),
      snapshotTool(sessions),
      clickTool(sessions),
      typeTool(sessions),
      screenshotTool(sessions),
      waitForTool(sessions),
      closeTool(sessions),
    ],
    async check() {
      await browser.check();
      if (proxy) await checkProxy(proxy);
    },
    runEnded(run) {
      void sessions.close(run);
    },
    async [Symbol.asyncDispose]() {
      await sessions[Symbol.asyncDispose]();
      await browser[Symbol.asyncDispose]();
    },
  };
}
