import { connect } from 'node:net';
import { z } from 'zod';
import type { Domain } from '#mcp/kit.ts';
import { roomFor } from '#shared/ground/memory.ts';
import { createRoom } from '#mcp/room.ts';
import { fetchTool } from './fetch.ts';
import { parseOpenedHosts } from './hosts.ts';
import { settled, systemNetwork, type Network } from './network.ts';
import { createPageCache } from './pages.ts';
import { createReader } from './reader.ts';

export const config = z.object({
  FETCH_ALLOWED_HOSTS: z
    .string()
    .default('')
    .refine(isHostList, 'must be hosts or host:port, separated by commas, such as wiki.internal,10.0.0.5:3000')
    .meta({ description: 'Hosts that may be fetched although they are not public, e.g. wiki.internal,10.0.0.5:3000' }),
  FETCH_PORTS: z
    .string()
    .regex(/^\d{1,5}(?:\s*,\s*\d{1,5})*$/, 'must be ports separated by commas, such as 80,443')
    .refine((ports) => ports.split(',').every((port) => Number(port) >= 1 && Number(port) <= 65_535), {
      message: 'must be ports from 1 to 65535',
      abort: true,
    })
    .default('80,443,8080,8443')
    .meta({ description: 'Ports that may be fetched on public hosts' }),
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
  FETCH_PROXY: z
    .string()
    .regex(/^http:\/\/[^\s/]+\/?$/, 'must look like http://proxy:3128')
    .optional()
    .meta({
      description: 'Egress proxy for all fetches (HTTP CONNECT), http://[user:password@]host:port',
      secret: true,
    }),
  FETCH_PROXY_RESOLVES: z.stringbool().default(false).meta({
    description: 'true: the egress proxy resolves names and must itself refuse addresses that are not public',
  }),
});

function isHostList(list: string): boolean {
  try {
    parseOpenedHosts(list);
    return true;
  } catch {
    return false;
  }
}

const room = roomFor(512 * 1024 * 1024);

/** A page is held several times while it is read: packed, unpacked, as text and as Markdown. */
function mostBytes(wanted: number): number {
  return Math.min(wanted, Math.floor(room / 8));
}

/** The fetch domain. `overrides` replaces name resolution and connections in tests. */
export function createDomain(settings: z.output<typeof config>, overrides: Partial<Network> = {}): Domain {
  const reader = createReader();
  const proxy = settings.FETCH_PROXY
    ? { url: new URL(settings.FETCH_PROXY), resolves: settings.FETCH_PROXY_RESOLVES }
    : undefined;
  const options = {
    network: { ...systemNetwork, ...overrides },
    rules: {
      ports: settings.FETCH_PORTS.split(',').map(Number),
      opened: parseOpenedHosts(settings.FETCH_ALLOWED_HOSTS),
    },
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
      if (!proxy) return;
      const limit = AbortSignal.timeout(3000);
      const port = Number(proxy.url.port || 80);
      const socket = await settled(connect(port, proxy.url.hostname), 'connect', limit).catch((cause: unknown) => {
        throw new Error(
          'The egress proxy (FETCH_PROXY) does not accept connections. Start it or correct the address.',
          { cause },
        );
      });
      socket.destroy();
    },
    [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose](),
  };
}
