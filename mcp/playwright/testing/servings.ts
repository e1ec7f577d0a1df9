import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Handler } from './played-web.ts';

/** Ways in which a page of the corpus is served that are no plain HTML, by the corpus' words. */
export const servings: Record<string, (page: string) => Handler> = {
  attachment: (page) => (_, response) =>
    void response
      .writeHead(200, { 'content-type': 'application/zip', 'content-disposition': 'attachment; filename=x.zip' })
      .end(page),
  'image/svg+xml': (page) => (_, response) =>
    void response.writeHead(200, { 'content-type': 'image/svg+xml' }).end(page),
  '401': (page) => (_, response) =>
    void response.writeHead(401, { 'www-authenticate': 'Basic realm="x"', 'content-type': 'text/html' }).end(page),
  'refresh inside': (page) => (_, response) =>
    void response.writeHead(200, { 'content-type': 'text/html', refresh: '0;url=http://10.0.0.1/' }).end(page),
  'long JSON': () => (_, response) =>
    void response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ all: Array.from({ length: 300 }, (__, at) => `entry ${at}`), last: 'THE-END' })),
  'windows-1252': () => (_, response) =>
    void response
      .writeHead(200, { 'content-type': 'text/html' })
      .end(Buffer.from('<meta charset=windows-1252><h1>Käse</h1>', 'latin1')),
  '503': (page) => (_, response) => void response.writeHead(503, { 'content-type': 'text/html' }).end(page),
  '204': () => (_, response) => void response.writeHead(204).end(),
  'hang up': () => (request) => void request.socket.destroy(),
  circle: () => (_, response) => void response.writeHead(302, { location: '/' }).end(),
  inside: () => (_, response) => void response.writeHead(302, { location: 'http://10.0.0.1/' }).end(),
  deep: () => (_, response) =>
    void response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html>${'<div>'.repeat(100_000)}deep`),
  gigabyte: () => (_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.on('error', () => undefined);
    pipeline(Readable.from(lines(1_000_000_000)), response).catch(() => undefined);
  },
  bomb: () => (_, response) => {
    response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip' });
    pipeline(Readable.from(bomb()), createGzip({ level: 1 }), response).catch(() => undefined);
  },
};

function* lines(bytes: number): Generator<Buffer> {
  const chunk = Buffer.from('<p>line</p>\n'.repeat(5_000));
  for (let left = bytes; left > 0; left -= chunk.length) yield chunk;
}

/** 40 MB that pack to some 2 MB: too few to be cut for what comes over the wire, and too light to fill a page's memory. */
function* bomb(): Generator<string> {
  yield '<!doctype html><h1>Hi</h1><style>p { display: none }</style>';
  for (let at = 0; at < 400; at += 1) yield `<p>${randomBytes(2_500).toString('hex')}${'line '.repeat(19_000)}</p>`;
}
