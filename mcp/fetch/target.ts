import { isIP, type Socket } from 'node:net';
import { ToolError } from '#mcp/kit.ts';
import { reachOf } from './addresses.ts';
import { hostOf, openedBy, portOf } from './hosts.ts';
import type { Network } from './network.ts';
import { tunnel, type Proxy } from './proxy.ts';
import type { UrlRules } from './urls.ts';

/** Where one request goes: addresses that were checked, and nothing that would be looked up again. */
export interface Target {
  url: URL;
  host: string;
  port: number;
  /** Empty only when an egress proxy resolves names. */
  addresses: readonly string[];
  /** The operator named this host, so internal addresses are allowed too. */
  opened: boolean;
}

export interface Route {
  network: Network;
  rules: UrlRules;
  proxy?: Proxy | undefined;
}

// A host may have hundreds of addresses; we do not try hundreds of connections.
const MAX_TRIES = 4;
const CONNECT_MS = 6000;

/** Resolves a checked URL's host once. Throws a ToolError when any of its addresses is not public. */
export async function resolveTarget(url: URL, route: Route, signal: AbortSignal): Promise<Target> {
  const host = hostOf(url);
  const opened = openedBy(url, route.rules.opened, route.rules.ports) !== undefined;
  const target = { url, host, port: portOf(url), opened };
  const byProxy = route.proxy?.resolves === true && isIP(host) === 0;
  const addresses = isIP(host) ? [host] : byProxy ? [] : await route.network.resolve(host, signal);
  if (addresses.length === 0 && !byProxy) throw Object.assign(new Error('no address'), { code: 'ENOTFOUND' });
  if (!addresses.every((address) => mayReach(address, opened)))
    throw new ToolError(
      `${host} leads to an address that is not public, so it is not fetched. Use a public web address.`,
    );
  return { ...target, addresses };
}

function mayReach(address: string, opened: boolean): boolean {
  const reach = reachOf(address);
  return reach === 'public' || (opened && reach === 'internal');
}

/**
 * Connects to one of the target's checked addresses, so that a name whose answer changes meanwhile leads nowhere else.
 * Checks each address once more at the moment of connecting. Rejects with the last connection's error.
 */
export async function connectTarget(target: Target, route: Route, signal: AbortSignal): Promise<Socket> {
  const socket = await connectAny(target, route, signal);
  if (target.url.protocol !== 'https:') return socket;
  return route.network.secure(socket, target.host, signal);
}

/** Connects as `connectTarget` does, without TLS, for those who bring their own. */
export async function connectAny(target: Target, route: Route, signal: AbortSignal): Promise<Socket> {
  if (target.addresses.length === 0 && route.proxy) return tunnel(route.proxy, target.host, target.port, signal);
  let last: unknown;
  for (const address of target.addresses.slice(0, MAX_TRIES)) {
    if (!mayReach(address, target.opened)) throw new ToolError(`${target.host} is not public, so it is not fetched.`);
    const limit = AbortSignal.any([signal, AbortSignal.timeout(CONNECT_MS)]);
    try {
      if (route.proxy) return await tunnel(route.proxy, address, target.port, limit);
      return await route.network.dial(address, target.port, limit);
    } catch (error) {
      signal.throwIfAborted();
      last = error;
    }
  }
  throw last;
}
