import type { DomainStack } from '#mcp/stack.ts';
import { findChromium, noChromium } from './chromium.ts';

export const stack: DomainStack = {
  // Somebody who sets no proxy browses without one.
  backend: ['FETCH_PROXY'],
  lacks: (env) => (findChromium(env['BROWSER_EXECUTABLE'] || undefined) === undefined ? noChromium : undefined),
  summary: 'A real browser for public web pages',
  gatewayName: 'browser',
};
