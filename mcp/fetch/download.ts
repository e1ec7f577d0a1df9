import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { Client, type buildConnector } from 'undici';
import { ToolError } from '#mcp/kit.ts';
import type { Share } from '#mcp/room.ts';
import { ACCEPT_ENCODING, readBody, type Body } from './body.ts';
import { badStatus, networkFailure } from './failures.ts';
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
}

type Hop = { kind: 'page'; page: Download } | { kind: 'redirect'; location: string | undefined };

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * Gets a checked URL within one deadline for everything: names, connections, redirects, body. Each hop is resolved,
 * checked and connected anew; no cookie, credential or connection goes from one hop to the next. Throws ToolErrors.
 */
export async function download(
  start: URL,
  options: DownloadOptions,
  share: Share,
  caller: AbortSignal,
): Promise<Download> {
  const deadline = AbortSignal.timeout(options.timeoutMs);
  const signal = AbortSignal.any([caller, deadline]);
  let url = start;
  try {
    for (let hops = 0; hops <= options.maxRedirects; hops += 1) {
      const hop = await getOnce(url, options, share, signal);
      if (hop.kind === 'page') return hop.page;
      url = parseLocation(hop.location, url, options.rules);
    }
  } catch (error) {
    if (deadline.aborted && !caller.aborted)
      throw new ToolError(
        `${url.host} did not finish its answer within ${options.timeoutMs / 1000} s. Try again later, or another page.`,
      );
    if (error instanceof ToolError || caller.aborted) throw error;
    throw networkFailure(error, url);
  }
  throw new ToolError(`More than ${options.maxRedirects} redirects from ${start.host}; the last led to ${url.host}.`);
}

async function getOnce(url: URL, options: DownloadOptions, share: Share, signal: AbortSignal): Promise<Hop> {
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
    if (REDIRECTS.has(status)) return { kind: 'redirect', location: single(headers, 'location') };
    if (status < 200 || status > 299) throw badStatus(status, url);
    const read = await readBody(body, single(headers, 'content-encoding'), options.maxBytes, share, signal);
    return { kind: 'page', page: { ...read, url, status, contentType: single(headers, 'content-type') } };
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
