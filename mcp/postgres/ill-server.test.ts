import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { testTools } from './testing/database.ts';

// Something that is no PostgreSQL, or an ill one, answers at POSTGRES_URL.

let server: Server | undefined;
const sockets = new Set<Socket>();

afterEach(() => {
  for (const socket of sockets) socket.destroy();
  server?.close();
});

async function serve(answer: (socket: Socket, message: Buffer) => void): Promise<string> {
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (message) => answer(socket, message));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `postgres://reader:secret-7713@127.0.0.1:${(server.address() as AddressInfo).port}/shop`;
}

/** A message of the protocol (PostgreSQL docs: Message Formats). */
function message(type: string, body: Buffer | string, length?: number): Buffer {
  const content = Buffer.isBuffer(body) ? body : Buffer.from(body, 'latin1');
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  head.writeInt32BE(length ?? content.length + 4, 1);
  return Buffer.concat([head, content]);
}

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const welcome = Buffer.concat([message('R', int32(0)), message('Z', 'I')]);
const isStartup = (bytes: Buffer) => bytes.length >= 8 && bytes.readInt32BE(4) === 196_608;

/** Writes without end, as fast as it is read. */
function flood(socket: Socket, chunk: Buffer): void {
  const more = (): void => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.on('drain', more);
  more();
}

/** A row of one column, a thousand of them. */
const rows = Buffer.concat(
  Array.from({ length: 1_000 }, () =>
    message('D', Buffer.concat([Buffer.from([0, 1]), int32(1_000), Buffer.alloc(1_000, 'x')])),
  ),
);
const column = message(
  'T',
  Buffer.concat([Buffer.from([0, 1]), Buffer.from('a\0'), Buffer.alloc(6), int32(25), Buffer.alloc(8, 0)]),
);

const ill: Record<string, (socket: Socket, bytes: Buffer) => void> = {
  'speaks HTTP': (socket) =>
    void socket.end('HTTP/1.1 400 Bad Request\r\ncontent-type: text/html\r\n\r\n<h1>Bad Request</h1>'),
  'hangs up': (socket) => void socket.destroy(),
  'says nothing': () => undefined,
  'sends noise': (socket) => void socket.write(Buffer.alloc(4_096, 0xfe)),
  'sends noise without end': (socket) => flood(socket, Buffer.alloc(65_536, 0x5a)),
  'announces a message of two gigabytes': (socket) => {
    socket.write(message('R', 'x', 2_000_000_000));
    flood(socket, Buffer.alloc(1_000_000));
  },
  'sends a byte a second': (socket) => {
    let at = 0;
    const timer = setInterval(() => socket.write(welcome.subarray(at, (at += 1))), 1_000);
    socket.on('close', () => clearInterval(timer));
  },
  'hangs up after the login': (socket, bytes) => {
    if (isStartup(bytes)) socket.write(welcome);
    else socket.destroy();
  },
  'says nothing after the login': (socket, bytes) => void (isStartup(bytes) && socket.write(welcome)),
  'speaks HTTP after the login': (socket, bytes) =>
    void socket.write(isStartup(bytes) ? welcome : 'HTTP/1.1 500 Oh\r\n\r\n<html>'),
  'ends a message half way': (socket, bytes) => {
    if (isStartup(bytes)) socket.write(welcome);
    else socket.end(column.subarray(0, 12));
  },
  'answers everything with rows without end': (socket, bytes) => {
    if (isStartup(bytes)) socket.write(welcome);
    else if (socket.listenerCount('drain') === 0) {
      socket.write(column);
      flood(socket, rows);
    }
  },
  'answers everything with nothing': (socket, bytes) => {
    if (isStartup(bytes)) socket.write(welcome);
    else
      socket.write(
        Buffer.concat([
          message('1', ''),
          message('2', ''),
          message('n', ''),
          message('C', 'SELECT 0\0'),
          message('Z', 'I'),
        ]),
      );
  },
  'sends notices without end': (socket, bytes) => {
    if (isStartup(bytes)) socket.write(welcome);
    else if (socket.listenerCount('drain') === 0) flood(socket, message('N', `SNOTICE\0M${'x'.repeat(60_000)}\0\0`));
  },
};

test.each(Object.keys(ill))(
  'a server that %s: a sentence in time, nothing of it in it',
  { timeout: 60_000 },
  async (name) => {
    const url = await serve(ill[name] ?? (() => undefined));
    const limits = {
      POSTGRES_CONNECT_TIMEOUT_MS: 500,
      POSTGRES_STATEMENT_TIMEOUT_MS: 500,
      POSTGRES_MAX_CONNECTIONS: 4,
    };
    await using tools = testTools(url, limits);
    const before = process.memoryUsage().rss;
    const calls = [
      ...Array.from({ length: 10 }, () => tools.call('postgres_query', { query: 'SELECT 1' })),
      tools.call('postgres_list_tables', {}),
    ];
    const answers = await Promise.all(calls);
    for (const { text } of answers) {
      expect(text).toMatch(/^[A-Z][^\n]*\.$/);
      expect(text).not.toMatch(/secret-7713|<h|HTTP|at \S+ \(|xxxx|failed inside/);
    }
    const grown = (process.memoryUsage().rss - before) / 1e6;
    expect(grown).toBeLessThan(600);
  },
);
