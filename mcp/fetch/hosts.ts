import { isIP } from 'node:net';

/**
 * Names that never lead to the public Internet: IANA's special-use domain names, and those that RFC 6762 appendix G and
 * ICANN's name-collision list keep for private networks. They are refused by name, because a local resolver may answer
 * them.
 */
const LOCAL_SUFFIXES = [
  'alt',
  'arpa',
  'corp',
  'example',
  'home',
  'internal',
  'intranet',
  'invalid',
  'lan',
  'local',
  'localdomain',
  'localhost',
  'mail',
  'onion',
  'private',
  'test',
];

const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** The host of a URL without the brackets of an IPv6 literal and without the root's dot. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
}

/** Says why a host name cannot be on the public Internet; undefined when it can, and for addresses. */
export function nameProblem(host: string): string | undefined {
  if (isIP(host)) return undefined;
  const labels = host.split('.');
  if (host.length > 253 || !labels.every((label) => LABEL.test(label))) return 'is not a valid host name';
  if (labels.length < 2) return 'is a name of a local network';
  if (LOCAL_SUFFIXES.includes(labels.at(-1)!)) return 'is a name of a local network';
  return undefined;
}

/** A host that the operator opened although it is not public. An entry without a port opens the usual ports. */
export interface OpenedHost {
  host: string;
  port?: number;
}

/** Parses `host`, `host:port`, `[ipv6]:port`, separated by commas or spaces. Throws an error that names the bad entry. */
export function parseOpenedHosts(list: string): OpenedHost[] {
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .map((entry) => {
      const url = URL.parse(`http://${entry}/`);
      if (!url || url.pathname !== '/' || url.username !== '' || url.search !== '' || url.hash !== '')
        throw new Error(`"${entry}" is not host, host:port or [ipv6]:port`);
      const port = /:(\d+)$/.exec(entry)?.[1];
      return port === undefined ? { host: hostOf(url) } : { host: hostOf(url), port: Number(port) };
    });
}

/** The entry that opens this URL, if any. */
export function openedBy(url: URL, opened: readonly OpenedHost[], ports: readonly number[]): OpenedHost | undefined {
  const host = hostOf(url);
  const port = portOf(url);
  return opened.find(
    (entry) => entry.host === host && (entry.port === undefined ? ports.includes(port) : entry.port === port),
  );
}

export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}
