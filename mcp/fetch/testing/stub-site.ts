import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import { constants, createBrotliCompress } from 'node:zlib';
import { reachOf } from '../addresses.ts';
import { settled, type Network } from '../network.ts';

/** How a site answers; the fields are those of the corpus. */
export interface StubResponse {
  status?: number;
  contentType?: string;
  headers?: Record<string, string>;
  body?: string;
  /** Size of a body of filler. */
  bytes?: number;
  bytesPerSecond?: number;
  /** A `Content-Length` that may lie. */
  contentLength?: number;
  brotli?: boolean;
  inflatedBytes?: number;
}

export interface DnsAnswer {
  A?: string[];
  AAAA?: string[];
  CNAME?: string;
  delayMs?: number;
  sequence?: DnsAnswer[];
}

export interface Scene {
  resolver?: Record<string, DnsAnswer>;
  redirects?: { from: string; status: number; location: string }[];
  response?: StubResponse;
}

/** A site and a name service on this machine that stand in for the whole Internet. */
export interface StubInternet extends AsyncDisposable {
  network: Network;
  play(scene: Scene): void;
  /** Addresses to which sockets were opened since `play`. */
  dialled: string[];
  requests: { url: string; headers: IncomingMessage['headers'] }[];
  /** Sockets to addresses that are not public, since the start. */
  nonPublicSockets(): number;
}

export async function startStubInternet(): Promise<StubInternet> {
  let scene: Scene = {};
  let lookups = new Map<string, number>();
  let nonPublic = 0;
  const dialled: string[] = [];
  const requests: StubInternet['requests'] = [];
  const server = createServer((request, response) => {
    requests.push({ url: `${request.headers.host}${request.url}`, headers: request.headers });
    answer(scene, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    dialled,
    requests,
    nonPublicSockets: () => nonPublic,
    play(next) {
      scene = next;
      lookups = new Map();
      dialled.length = 0;
      requests.length = 0;
    },
    network: {
      resolve: (name, signal) => resolveName(scene.resolver ?? {}, lookups, name, signal),
      dial(address, _, signal) {
        dialled.push(address);
        if (reachOf(address) !== 'public') nonPublic += 1;
        return settled(connect(port, '127.0.0.1'), 'connect', signal);
      },
      // The stub speaks plain HTTP for https addresses too; certificates have a test of their own.
      secure: (socket) => Promise.resolve(socket),
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Unknown names get a public address, so that a case about a refused name cannot pass because its look-up fails. */
async function resolveName(
  zone: Record<string, DnsAnswer>,
  lookups: Map<string, number>,
  name: string,
  signal: AbortSignal,
  depth = 0,
): Promise<string[]> {
  if (depth > 8) throw Object.assign(new Error('CNAME loop'), { code: 'EAI_AGAIN' });
  const count = lookups.get(name) ?? 0;
  lookups.set(name, count + 1);
  const entry = zone[name] ?? { A: ['93.184.215.14'] };
  const found = entry.sequence ? entry.sequence[Math.min(count, entry.sequence.length - 1)]! : entry;
  if (found.delayMs) await waitOrAbort(found.delayMs, signal);
  if (found.CNAME) return resolveName(zone, lookups, found.CNAME, signal, depth + 1);
  return [...(found.A ?? []), ...(found.AAAA ?? [])];
}

function waitOrAbort(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
}

function answer(scene: Scene, request: IncomingMessage, response: ServerResponse): void {
  const here = `${request.headers.host}${request.url}`;
  const redirect = scene.redirects?.find((entry) => entry.from.replace(/^https?:\/\//, '') === here);
  if (redirect) {
    response.writeHead(redirect.status, { location: redirect.location }).end();
    return;
  }
  const stub = scene.response ?? { body: 'A public page.', contentType: 'text/plain' };
  if (stub.status === 101) {
    response.socket?.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n');
    return;
  }
  response.writeHead(stub.status ?? 200, {
    'content-type': stub.contentType ?? 'text/plain',
    ...stub.headers,
    ...(stub.contentLength === undefined ? {} : { 'content-length': String(stub.contentLength) }),
    ...(stub.brotli ? { 'content-encoding': 'br' } : {}),
  });
  sendBody(stub, response);
}

function sendBody(stub: StubResponse, response: ServerResponse): void {
  if (stub.body !== undefined) return void response.end(stub.body);
  if (stub.contentLength !== undefined) {
    response.write(Buffer.alloc(stub.bytes ?? 0, 'x'), () => response.socket?.end());
    return;
  }
  if (stub.bytesPerSecond !== undefined) {
    const timer = setInterval(() => response.write('x'), 1000 / stub.bytesPerSecond);
    response.once('close', () => clearInterval(timer));
    response.write('x');
    return;
  }
  const filler = Readable.from(chunksOf(stub.inflatedBytes ?? stub.bytes ?? 0));
  if (!stub.brotli) return void pipeline(filler, response, () => undefined);
  const squeeze = createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
  pipeline(filler, squeeze, response, () => undefined);
}

function* chunksOf(bytes: number): Generator<Buffer> {
  const chunk = Buffer.alloc(65_536, 'x');
  for (let left = bytes; left > 0; left -= chunk.length) yield chunk.subarray(0, Math.min(left, chunk.length));
}
