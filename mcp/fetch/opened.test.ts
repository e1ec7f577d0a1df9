import { connect as connectTcp, createServer as createTcp, type AddressInfo, type Socket } from 'node:net';
import { createServer as createHttp, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { config, createDomain } from './domain.ts';
import { parseOpenedHosts } from './hosts.ts';
import type { Network } from './network.ts';

let site: Server;
let port: number;

beforeAll(async () => {
  site = createHttp((request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' }).end(`internal page for ${request.headers.host}`);
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  port = (site.address() as AddressInfo).port;
});
afterAll(() => void site.close());

async function fetchText(url: string, settings: object, network: Partial<Network> = {}): Promise<string> {
  await using domain = createDomain(config.parse(settings), network);
  const result = await domain.tools[0]!.call(
    { url },
    { signal: new AbortController().signal, progress: () => undefined },
  );
  const [content] = result.content;
  return content?.type === 'text' ? content.text : '';
}

describe('hosts that the operator opened', () => {
  test('a named host and port is fetched over the real network', async () => {
    const text = await fetchText(`http://127.0.0.1:${port}/`, { FETCH_ALLOWED_HOSTS: `127.0.0.1:${port}` });
    expect(text).toContain(`internal page for 127.0.0.1:${port}`);
    expect(await fetchText(`http://localhost:${port}/`, { FETCH_ALLOWED_HOSTS: `localhost:${port}` })).toContain(
      'internal page',
    );
  });

  test('its neighbours stay closed: other port, other host, other spelling', async () => {
    const settings = { FETCH_ALLOWED_HOSTS: `127.0.0.1:${port}, wiki.internal` };
    expect(await fetchText(`http://127.0.0.1:${port + 1}/`, settings)).toContain('cannot be fetched');
    expect(await fetchText('http://127.0.0.1/', settings)).toContain('not public');
    expect(await fetchText(`http://127.0.0.2:${port}/`, settings)).toContain('cannot be fetched');
    expect(await fetchText('http://x.wiki.internal/', settings)).toContain('local network');
  });

  test.each([
    '169.254.169.254',
    '169.254.170.2',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    'fd00:ec2::254',
    'fd00:ec2::23',
    'fd20:ce::254',
    'fe80::a9fe:a9fe',
  ])('an opened name still cannot lead to %s, where clouds tell secrets', async (address) => {
    const network = { resolve: () => Promise.resolve([address]) };
    const text = await fetchText('http://wiki.internal/', { FETCH_ALLOWED_HOSTS: 'wiki.internal' }, network);
    expect(text).toContain('not public');
  });

  test('a list that cannot be read stops the service with the entry', () => {
    expect(() => parseOpenedHosts('ok.example.com, http://x/')).toThrow('"http://x/"');
    expect(config.safeParse({ FETCH_ALLOWED_HOSTS: 'user@host' }).success).toBe(false);
    expect(parseOpenedHosts('A.b:81, [::1]:82')).toEqual([
      { host: 'a.b', port: 81 },
      { host: '::1', port: 82 },
    ]);
  });
});

describe('an egress proxy', () => {
  test('gets the checked address, not the name', async () => {
    const asked: string[] = [];
    await using proxy = await startProxy(asked);
    const network = { resolve: () => Promise.resolve(['93.184.215.14']) };
    const text = await fetchText('http://example.com/', { FETCH_PROXY: proxy.url }, network);
    expect(asked).toEqual(['93.184.215.14:80']);
    expect(text).toContain('internal page for example.com');
  });

  test('gets the name where it resolves; names of local networks never reach it', async () => {
    const asked: string[] = [];
    await using proxy = await startProxy(asked);
    const settings = { FETCH_PROXY: proxy.url, FETCH_PROXY_RESOLVES: 'true' };
    expect(await fetchText('http://example.com/', settings)).toContain('internal page for example.com');
    expect(await fetchText('http://db.internal/', settings)).toContain('local network');
    expect(await fetchText('http://10.0.0.1/', settings)).toContain('not public');
    expect(asked).toEqual(['example.com:80']);
  });

  test('that refuses is told as such', async () => {
    await using proxy = await startProxy([], 'HTTP/1.1 403 Forbidden\r\n\r\n');
    const settings = { FETCH_PROXY: proxy.url, FETCH_PROXY_RESOLVES: 'true' };
    expect(await fetchText('http://example.com/', settings)).toContain('egress proxy refused');
  });

  test('that is not there makes the domain not ready', async () => {
    await using domain = createDomain(config.parse({ FETCH_PROXY: 'http://127.0.0.1:1' }));
    await expect(domain.check()).rejects.toThrow('FETCH_PROXY');
  });
});

/** A CONNECT proxy that leads every request to the test's own site. */
async function startProxy(asked: string[], reply?: string): Promise<AsyncDisposable & { url: string }> {
  const sockets = new Set<Socket>();
  const server = createTcp((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', (data: Buffer) => {
      asked.push(/^CONNECT (\S+) /.exec(data.toString('latin1'))?.[1] ?? '?');
      if (reply) return void socket.end(reply);
      const upstream = connectTcp(port, '127.0.0.1');
      sockets.add(upstream);
      upstream.on('error', () => undefined);
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(upstream).pipe(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
