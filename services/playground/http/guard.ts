import type { IncomingMessage } from 'node:http';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Says why a request to the page or its controls is refused, if it is. Otherwise a page of another site could act as
 * anybody: through a name that it points at this machine (Host), or by a plain cross-site request (Origin).
 */
export function refusal(request: IncomingMessage, ownHosts: readonly string[]): string | undefined {
  const { host, origin } = request.headers;
  const name = hostname(`http://${host ?? ''}`);
  if (name === undefined || (!LOOPBACK.has(name) && !ownHosts.includes(name))) {
    return `The playground does not answer to the name ${host ?? '(none)'}; open it under its own address.`;
  }
  if (origin !== undefined && origin !== `http://${host}`) return 'The playground takes no requests from other sites.';
  return undefined;
}

/** The host's name in an address, without its port. */
export function hostname(address: string): string | undefined {
  return URL.canParse(address) ? new URL(address).hostname : undefined;
}
