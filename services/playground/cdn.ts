import type { IncomingMessage, ServerResponse } from 'node:http';
import type { World } from './state/world.ts';

/** Browsers show these types inside the page. Files of any other type are only downloaded. */
const INLINE = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** Serves uploaded bytes without asking who wants them, as Discord's CDN does. */
export function serveFile(world: World, request: IncomingMessage, response: ServerResponse): void {
  const path = decodeURI(new URL(request.url ?? '/', 'http://cdn').pathname).replace(/^\/cdn/, '');
  const file = world.files.get(path);
  if (!file || (request.method !== 'GET' && request.method !== 'HEAD')) {
    response.writeHead(404, { 'content-type': 'text/plain' });
    response.end('This content is no longer available.');
    return;
  }
  const inline = INLINE.has(file.contentType);
  response.writeHead(200, {
    'content-type': file.contentType,
    'content-length': file.bytes.length,
    'x-content-type-options': 'nosniff',
    // The page lives on the same origin, so nothing that somebody uploaded may run there.
    'content-security-policy': "default-src 'none'; sandbox",
    'content-disposition': `${inline ? 'inline' : 'attachment'}; filename="${file.filename}"`,
    'cache-control': 'public, max-age=31536000',
  });
  response.end(request.method === 'HEAD' ? undefined : file.bytes);
}
