import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';

/** What a server has answered on a socket. `status` is `close` when it closed the connection without a word. */
export interface RawAnswer {
  status: number | 'close';
  headers: Record<string, string>;
  body: string;
}

/** A header's value, several, or none. */
export type HeaderValue = string | string[] | null;

/** Opens a connection to the server of this address. */
export function open(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => resolve(socket));
    socket.once('error', reject);
  });
}

/** The bytes of a request with exactly these headers, `connection: close` and the length of the body. */
export function requestBytes(
  { host }: URL,
  request: { method: string; path: string; headers: Record<string, HeaderValue>; body?: Buffer | undefined },
): Buffer {
  const lines = [`${request.method} ${request.path} HTTP/1.1`, `host: ${host}`, 'connection: close'];
  for (const [name, value] of Object.entries(request.headers)) {
    for (const each of value === null ? [] : [value].flat()) lines.push(`${name}: ${each}`);
  }
  if (request.body) lines.push(`content-length: ${request.body.length}`);
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), request.body ?? Buffer.alloc(0)]);
}

/** Writes bytes and reads one answer, or until the server closes the connection. */
export async function exchange(url: string, bytes: Buffer): Promise<RawAnswer> {
  const socket = await open(url);
  const answer = readAnswer(socket);
  socket.write(bytes);
  return answer;
}

/** Reads one answer, or until the server closes the connection. */
export function readAnswer(socket: Socket): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if (isWhole(Buffer.concat(chunks).toString('latin1'))) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(parse(Buffer.concat(chunks).toString('utf8'))));
  });
}

/** Without the heads with which a server only says that it goes on (RFC 9110, 15.2). */
function lastAnswer(text: string): string {
  return text.replace(/^(?:HTTP\/1\.1 1\d\d [^\r]*\r\n(?:[^\r]+\r\n)*\r\n)+/, '');
}

function isWhole(bytes: string): boolean {
  const text = lastAnswer(bytes);
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, end))?.[1];
  return length === undefined ? text.endsWith('\r\n0\r\n\r\n') : text.length >= end + 4 + Number(length);
}

function parse(bytes: string): RawAnswer {
  const text = lastAnswer(bytes);
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1]);
  if (!status) return { status: 'close', headers: {}, body: text };
  const headers = Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf(':');
      return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
    }),
  );
  const body = rest.join('\r\n\r\n');
  return { status, headers, body: headers['transfer-encoding'] === 'chunked' ? unchunk(body) : body };
}

function unchunk(text: string): string {
  let out = '';
  let left = Buffer.from(text);
  for (;;) {
    const end = left.indexOf('\r\n');
    const size = Number.parseInt(left.subarray(0, end).toString(), 16);
    if (end < 0 || !size) return out;
    out += left.subarray(end + 2, end + 2 + size).toString();
    left = left.subarray(end + 2 + size + 2);
  }
}

/** 100 MB that inflate from a small body. */
export function bomb(): Buffer {
  return gzipSync(Buffer.alloc(100_000_000, ' '));
}
