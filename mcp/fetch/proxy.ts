import { request } from 'node:http';
import { connect, isIPv6, type Socket } from 'node:net';
import { ToolError } from '#mcp/kit.ts';
import { orAbort, settled } from './network.ts';

/** The operator's egress proxy (HTTP CONNECT). */
export interface Proxy {
  url: URL;
  /**
   * True when the proxy resolves names and checks their addresses. Otherwise it is given addresses that were checked
   * here.
   */
  resolves: boolean;
}

/** Opens a connection to the host through the proxy. Rejects with a ToolError when the proxy refuses. */
export function tunnel(proxy: Proxy, host: string, port: number, signal: AbortSignal): Promise<Socket> {
  const authority = `${isIPv6(host) ? `[${host}]` : host}:${port}`;
  const { username, password } = proxy.url;
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const outgoing = request({
    host: proxy.url.hostname,
    port: proxy.url.port || 80,
    method: 'CONNECT',
    path: authority,
    headers: {
      host: authority,
      ...(username === '' ? {} : { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` }),
    },
    signal,
  });
  const connected = new Promise<Socket>((resolve, reject) => {
    outgoing.once('error', reject);
    outgoing.once('connect', (response, socket) => {
      if (response.statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(new ToolError(`The egress proxy refused this address (${response.statusCode}). Use another one.`));
    });
    outgoing.end();
  });
  return orAbort(connected, signal);
}

/** Rejects with a sentence for the operator while the proxy takes no connections. */
export async function checkProxy({ url }: Proxy): Promise<void> {
  const limit = AbortSignal.timeout(3000);
  const socket = await settled(connect(Number(url.port || 80), url.hostname), 'connect', limit).catch(
    (cause: unknown) => {
      throw new Error('The egress proxy (FETCH_PROXY) does not accept connections. Start it or correct the address.', {
        cause,
      });
    },
  );
  socket.destroy();
}
