import { ToolError } from '#mcp/kit.ts';
import { hostOf, nameProblem, openedBy, portOf, type OpenedHost } from './hosts.ts';

export interface UrlRules {
  ports: readonly number[];
  opened: readonly OpenedHost[];
}

const MAX_URL = 8192;

// What the WHATWG parser would drop or turn into a slash: the text would not say where the request goes.
// oxlint-disable-next-line no-control-regex
const MISLEADING = /[\u0000-\u0020\u007f-\u009f\u2028\u2029\\]/;

/**
 * Parses an address that a model wrote. Throws a ToolError when it is anything but a complete, plain http(s) address.
 */
export function parseAddress(text: string, rules: UrlRules): URL {
  const trimmed = text.trim();
  if (trimmed.length > MAX_URL)
    throw new ToolError(`The address is longer than ${MAX_URL} characters. Use a shorter one.`);
  if (MISLEADING.test(trimmed))
    throw new ToolError('The address holds a space, a control character or a backslash. Percent-encode it (%20, %5C).');
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(trimmed)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https')
    throw new ToolError(`Only http and https addresses can be fetched, not ${scheme}.`);
  const authority = /^https?:\/\/([^/?#]+)/i.exec(trimmed)?.[1];
  if (authority === undefined) throw new ToolError('Give the address in full, such as https://example.com/page.');
  if (authority.includes('@')) throw withCredentials();
  const url = URL.parse(trimmed);
  if (!url) throw new ToolError(`"${shorten(trimmed)}" is not a valid address. Check its host name and port.`);
  checkUrl(url, rules);
  return url;
}

/** Resolves a redirect's `Location` against the page it came from, under the same rules. Throws a ToolError. */
export function parseLocation(location: string | undefined, from: URL, rules: UrlRules): URL {
  if (!location) throw new ToolError(`${from.host} redirects without saying where to. Try another address.`);
  const url = location.length > MAX_URL ? null : URL.parse(location, from.href);
  if (!url) throw new ToolError(`${from.host} redirects to something that is not a valid address. Try another one.`);
  try {
    checkUrl(url, rules);
  } catch (error) {
    if (error instanceof ToolError)
      throw new ToolError(`${from.host} redirects elsewhere, and there: ${error.message}`);
    throw error;
  }
  return url;
}

/**
 * Checks scheme, credentials, port and name. Addresses are checked later, when the name has been resolved. Throws a
 * ToolError.
 */
export function checkUrl(url: URL, rules: UrlRules): void {
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new ToolError(`Only http and https addresses can be fetched, not ${url.protocol.slice(0, -1)}.`);
  if (url.href.length > MAX_URL)
    throw new ToolError(`The address is longer than ${MAX_URL} characters. Use a shorter one.`);
  if (url.username !== '' || url.password !== '') throw withCredentials();
  if (openedBy(url, rules.opened, rules.ports)) return;
  const problem = nameProblem(hostOf(url));
  if (problem) throw new ToolError(`"${shorten(hostOf(url))}" ${problem}. Only public web addresses can be fetched.`);
  if (!rules.ports.includes(portOf(url)))
    throw new ToolError(`Port ${portOf(url)} cannot be fetched; open ports are ${rules.ports.join(', ')}.`);
}

function withCredentials(): ToolError {
  return new ToolError('Addresses with a user name or password before an @ are refused. Leave that part out.');
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
