import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { Client, type buildConnector } from 'undici';
import { ToolError } from '#mcp/kit.ts';
import type { Share } from '#mcp/room.ts';
import { ACCEPT_ENCODING, readBody, type Body } from './body.ts';
import { mediaType } from './content.ts';
import { networkFailure } from './failures.ts';
import { connectTarget, resolveTarget, type Route } from './target.ts';
import { parseLocation } from './urls.ts';

export interface DownloadOptions extends Route {
  maxBytes: number;
  maxRedirects: number;
  timeoutMs: number;
  userAgent: string;
}

export interface Download extends Body {
  /** The URL after redirects. */
  url: URL;
  status: number;
  contentType: string | undefined;
  retryAfter: string | undefined;
  /** A `Refresh` header. */
  refresh: string | undefined;
}

/** What one call may still use: its time, and redirects of every kind. */
export interface Journey {
  signal: AbortSignal;
  deadline: AbortSignal;
  caller: AbortSignal;
  /** Redirects so far. */
  hops: number;
  share: Share;
  start: URL;
}

type Hop = { kind: 'page'; page: Download } | { kind: 'redirect'; location: string | undefined };

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** The words of an error need no more. */
const ERROR_BYTES = 131_072;

export function beginJourney(start: URL, options: DownloadOptions, share: Share, caller: AbortSignal): Journey {
  const deadline = AbortSignal.timeout(options.timeoutMs);
  return { signal: AbortSignal.any([caller, deadline]), deadline, caller, hops: 0, share, start };
}

/**
 * Gets a checked URL within the journey's one deadline for everything: names, connections, redirects, body. Each hop is
 * resolved, checked and connected anew; no cookie, credential or connection goes from one hop to the next. What comes
 * may be an error page. Throws ToolErrors.
 */
export async function download(from: URL, options: DownloadOptions, journey: Journey): Promise<Download> {
  let url = from;
  try {
    for (;;) {
      const hop = await getOnce(url, options, journey);
      if (hop.kind === 'page') return hop.page;
      url = nextHop(hop.location, url, options, journey);
    }
  } catch (error) {
    if (journey.deadline.aborted && !journey.caller.aborted)
      throw new ToolError(
        `${url.host} did not finish its answer within ${options.timeoutMs / 1000} s. Try again later, or another page.`,
      );
    if (error instanceof ToolError || journey.caller.aborted) throw error;
    throw networkFailure(error, url);
  }
}

/** Takes one step of the journey, whatever kind of redirect asks for it. Throws a ToolError when it may not be taken. */
export function nextHop(
  location: string | undefined,
  from: URL,
  { rules, maxRedirects }: DownloadOptions,
  journey: Journey,
): URL {
  const url = parseLocation(location, from, rules);
  journey.hops += 1;
  if (journey.hops > maxRedirects)
    throw new ToolError(`More than ${maxRedirects} redirects from ${journey.start.host}; the last led to ${url.host}.`);
  return url;
}

async function getOnce(url: URL, options: DownloadOptions, { signal, share }: Journey): Promise<Hop> {
  const target = await resolveTarget(url, options, signal);
  const client = new Client(url.origin, {
    connect: (_, done) => void handOver(connectTarget(target, options, signal), done),
    maxHeaderSize: 32_768,
    // The one deadline covers both; a second timer would race with it.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  try {
    const response = await client.request({
      method: 'GET',
      path: `${url.pathname}${url.search}`,
      signal,
      headers: {
        'user-agent': options.userAgent,
        accept: 'text/markdown, text/html;q=0.9, application/json;q=0.9, text/*;q=0.8, */*;q=0.5',
        'accept-encoding': ACCEPT_ENCODING,
      },
    });
    const { statusCode: status, headers, body } = response;
    body.on('error', () => undefined);
    const location = single(headers, 'location');
    if (REDIRECTS.has(status)) return { kind: 'redirect', location };
    const isGood = status >= 200 && status <= 299;
    const contentType = joined(headers, 'content-type');
    const type = mediaType(contentType);
    const isFile = !/^text\/|html|json|xml|javascript/.test(type);
    const form = { encoding: joined(headers, 'content-encoding'), isFile };
    const most = isGood ? options.maxBytes : Math.min(ERROR_BYTES, options.maxBytes);
    const read = await readBody(body, form, most, share, signal).catch((error: unknown) => {
      // The status says more than a broken error page.
      if (isGood || signal.aborted) throw error;
      return { bytes: Buffer.alloc(0), end: 'whole' as const };
    });
    const facts = { contentType, retryAfter: single(headers, 'retry-after'), refresh: single(headers, 'refresh') };
    return { kind: 'page', page: { ...read, ...facts, url, status } };
  } finally {
    // This also ends the connection when a body was left unread; nothing is kept for the next call.
    await client.destroy();
  }
}

async function handOver(connecting: Promise<Socket>, done: buildConnector.Callback): Promise<void> {
  const [result] = await Promise.allSettled([connecting]);
  if (result.status === 'fulfilled') done(null, result.value);
  else done(result.reason as Error, null);
}

function single(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** A header that may stand several times means the same as its values in one (RFC 9110, 5.2). */
function joined(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}
