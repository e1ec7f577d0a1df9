import { z } from 'zod';
import type { Domain } from '#mcp/kit.ts';
import { roomFor } from '#shared/ground/memory.ts';
import { createRoom } from '#mcp/room.ts';
import { addressSettings, proxyOf, rulesOf } from './address-settings.ts';
import { fetchTool } from './fetch.ts';
import { systemNetwork, type Network } from './network.ts';
import { createPageCache } from './pages.ts';
import { checkProxy } from './proxy.ts';
import { createReader } from './reader.ts';

export const config = z.object({
  ...addressSettings,
  FETCH_MAX_BYTES: z.coerce.number().int().min(1024).max(50_000_000).default(5_000_000).meta({
    description:
      'Most bytes read of one page, counted after decompression; a 32nd of the memory that the process may hold at most',
  }),
  FETCH_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(100)
    .max(120_000)
    .default(20_000)
    .meta({ description: 'Milliseconds for one fetch altogether: name, connection, redirects and body' }),
  FETCH_MAX_REDIRECTS: z.coerce.number().int().min(0).max(20).default(5).meta({ description: 'Redirects followed' }),
  FETCH_USER_AGENT: z
    .string()
    .regex(/^[\x20-\x7e]+$/, 'must be printable ASCII')
    .default('Dragoman/1.0 (fetch tool)')
    .meta({ description: 'User-Agent header of fetches' }),
});

const room = roomFor(512 * 1024 * 1024);

/** A page is held several times while it is read: packed, unpacked, as text and as Markdown. */
function mostBytes(wanted: number): number {
  return Math.min(wanted, Math.floor(room / 8));
}

/** The fetch domain. `overrides` replaces name resolution and connections in tests. */
export function createDomain(settings: z.output<typeof config>, overrides: Partial<Network> = {}): Domain {
  const reader = createReader();
  const proxy = proxyOf(settings);
  const options = {
    network: { ...systemNetwork, ...overrides },
    rules: rulesOf(settings),
    proxy,
    maxBytes: mostBytes(settings.FETCH_MAX_BYTES),
    maxRedirects: settings.FETCH_MAX_REDIRECTS,
    timeoutMs: settings.FETCH_TIMEOUT_MS,
    userAgent: settings.FETCH_USER_AGENT,
  };
  return {
    name: 'fetch',
    title: 'Web pages',
    core: ['fetch'],
    keywords:
      'web website page link url http Webseite Seite lesen página enlace lien site страница сайт ссылка 网页 链接 ページ リンク',
    tools: [fetchTool({ options, reader, pages: createPageCache(), room: createRoom(room / 4) })],
    async check() {
      if (proxy) await checkProxy(proxy);
    },
    [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose](),
  };
}
