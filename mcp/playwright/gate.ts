import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex, Readable, Writable } from 'node:stream';
import { ToolError } from '#mcp/kit.ts';
import { connectAny, resolveTarget, type Route } from '#mcp/fetch/target.ts';
import { checkUrl } from '#mcp/fetch/urls.ts';

/**
 * The one way out of a run's browser: a proxy on loopback that resolves each name itself, refuses what is not public,
 * and connects only to addresses that it has checked, so that a name whose answer changes leads nowhere else.
 */
export interface Gate extends AsyncDisposable {
  /** Where the browser finds it. */
  url: string;
  /** Grants the bytes of another call. */
  refill(): void;
  /** Counts bytes that the browser has unpacked. */
  unpacked(bytes: number): void;
  /** True once a call's bytes were used up; nothing more is let through until the next refill. */
  exhausted(): boolean;
  /** The newest refusals since they were last taken, each a sentence. */
  takeRefusals(): string[];
}

export interface GateRules extends Route {
  /** Bytes that may come in during one call. */
  maxBytes: number;
}

/** Marks an answer that is the gate's own, not a site's. */
export const REFUSAL_HEADER = 'x-dragoman-gate';

/** Headers that are meant for a proxy alone (RFC 9110, 7.6.1). */
const HOP_BY_HOP = ['proxy-connection', 'proxy-authorization', 'connection', 'keep-alive', 'te', 'trailer', 'upgrade'];
const MOST_REFUSALS = 3;
/** How many times as many bytes as `maxBytes` a page may hold after they were unpacked. */
const UNPACKED = 4;
/** Connections of one run at once; a page that wants more waits or is refused. */
const MOST_SOCKETS = 256;

/** Starts a gate on a port of its own. Nothing but loopback reaches it. */
export async function openGate(rules: GateRules): Promise<Gate> {
  const passage = new Passage(rules);
  const server = createServer((incoming, response) => void passage.forward(incoming, response));
  server.on('connect', (incoming: IncomingMessage, socket: Socket, head: Buffer) =>
    passage.tunnel(incoming, socket, head),
  );
  server.on('clientError', (_, socket) => socket.destroy());
  server.maxConnections = MOST_SOCKETS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refill: () => passage.refill(),
    unpacked: (bytes) => passage.unpacked(bytes),
    exhausted: () => passage.exhausted,
    takeRefusals: () => passage.refusals.splice(0),
    [Symbol.asyncDispose]: () => close(server, passage),
  };
}

class Passage {
  exhausted = false;
  readonly refusals: string[] = [];
  readonly ended = new AbortController();
  private readonly open = new Set<Duplex>();
  private left = 0;
  private unpackedLeft = 0;
  private readonly rules: GateRules;

  constructor(rules: GateRules) {
    this.rules = rules;
    this.refill();
  }

  refill(): void {
    this.left = this.rules.maxBytes;
    this.unpackedLeft = UNPACKED * this.rules.maxBytes;
    this.exhausted = false;
  }

  /** Plain http: the request names its whole address. */
  async forward(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => undefined);
    try {
      const url = URL.parse(incoming.url ?? '');
      if (url?.protocol !== 'http:') return void response.writeHead(400).end();
      const socket = await this.connect(url);
      const outgoing = request({
        createConnection: () => socket,
        method: incoming.method,
        path: `${url.pathname}${url.search}`,
        headers: { ...headersFor(incoming), host: url.host, connection: 'close' },
      });
      outgoing.on('error', () => response.destroy());
      outgoing.once('response', (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.statusMessage, withoutHops(answer.rawHeaders));
        answer.on('error', () => response.destroy()).once('close', () => answer.complete || response.destroy());
        this.pour(answer, response);
      });
      response.once('close', () => outgoing.destroy());
      incoming.pipe(outgoing);
    } catch (error) {
      this.refuse(error);
      response.writeHead(statusOf(error), { [REFUSAL_HEADER]: '1', 'content-type': 'text/plain' }).end();
    }
  }

  /** https and WebSockets: the browser speaks to the site itself, and checks its certificate. */
  async tunnel(incoming: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    socket.on('error', () => undefined);
    try {
      const url = URL.parse(`https://${incoming.url}/`);
      if (!url) return void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
      const upstream = await this.connect(url);
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      if (head.length > 0) upstream.write(head);
      upstream.once('close', () => socket.destroy());
      socket.once('close', () => upstream.destroy());
      this.pour(upstream, socket);
      socket.pipe(upstream);
    } catch (error) {
      this.refuse(error);
      socket.end(`HTTP/1.1 ${statusOf(error)} Refused\r\ncontent-length: 0\r\n\r\n`);
    }
  }

  /** A connection to a checked address of a URL's host. */
  private async connect(url: URL): Promise<Socket> {
    if (this.exhausted) throw new ToolError('The page has loaded too much.');
    const { signal } = this.ended;
    checkUrl(url, this.rules.rules);
    const target = await resolveTarget(url, this.rules, signal);
    const socket = await connectAny(target, this.rules, signal);
    this.open.add(socket.on('error', () => undefined));
    socket.once('close', () => this.open.delete(socket));
    return socket;
  }

  /** Hands on what comes in, as long as there are bytes left for this call. */
  private pour(from: Readable, to: Writable): void {
    from.on('data', (chunk: Buffer) => {
      this.left -= chunk.length;
      if (this.left < 0) this.exhaust();
    });
    from.pipe(to);
  }

  /** Packed data may be small here and large in the page. */
  unpacked(bytes: number): void {
    this.unpackedLeft -= bytes;
    if (this.unpackedLeft < 0) this.exhaust();
  }

  private exhaust(): void {
    if (this.exhausted) return;
    this.exhausted = true;
    this.closeAll();
  }

  closeAll(): void {
    for (const socket of this.open) socket.destroy();
  }

  /** Remembers why something was refused, for the model. What merely failed is the browser's to tell. */
  private refuse(error: unknown): void {
    if (!(error instanceof ToolError) || this.refusals.includes(error.message)) return;
    if (this.refusals.length < MOST_REFUSALS) this.refusals.push(error.message);
  }
}

function headersFor({ headers }: IncomingMessage): IncomingMessage['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));
}

function withoutHops(raw: readonly string[]): string[] {
  return raw.filter((_, at) => ![...HOP_BY_HOP, REFUSAL_HEADER].includes(raw[at - (at % 2)]!.toLowerCase()));
}

/** 403 for what a rule forbids; 502 for what does not answer. */
function statusOf(error: unknown): number {
  return error instanceof ToolError ? 403 : 502;
}

async function close(server: Server, passage: Passage): Promise<void> {
  passage.ended.abort();
  passage.closeAll();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
