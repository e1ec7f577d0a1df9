import { z } from 'zod';
import { parseOpenedHosts } from './hosts.ts';
import type { Proxy } from './proxy.ts';
import type { UrlRules } from './urls.ts';

/** What may be reached on the web, and by which way; the same for all domains that go there. */
export const addressSettings = {
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
};

export type AddressSettings = z.output<z.ZodObject<typeof addressSettings>>;

/** The rules that follow from the settings. */
export function rulesOf(settings: AddressSettings): UrlRules {
  return {
    ports: settings.FETCH_PORTS.split(',').map(Number),
    opened: parseOpenedHosts(settings.FETCH_ALLOWED_HOSTS),
  };
}

/** The operator's egress proxy, if there is one. */
export function proxyOf(settings: AddressSettings): Proxy | undefined {
  if (settings.FETCH_PROXY === undefined) return undefined;
  return { url: new URL(settings.FETCH_PROXY), resolves: settings.FETCH_PROXY_RESOLVES };
}

function isHostList(list: string): boolean {
  try {
    parseOpenedHosts(list);
    return true;
  } catch {
    return false;
  }
}
