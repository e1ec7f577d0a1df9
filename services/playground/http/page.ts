import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';

const FOLDER = new URL('../page/', import.meta.url);
const TYPES: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

/** What the page takes from packages. */
const LIBRARIES: Record<string, URL> = {
  'lib/highlight.js': new URL(import.meta.resolve('@highlightjs/cdn-assets/es/highlight.min.js')),
};

/**
 * Nothing inline and nothing from other sites runs, so what bots and people write can only ever be text. `blob:` is
 * for pictures that somebody has chosen and not sent yet.
 */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; " +
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-cache',
};

/** Serves a file of the page. Anything but a plain name in the page's folder is answered with 404. */
export async function servePage(path: string, response: ServerResponse): Promise<void> {
  const name = path === '/' ? 'index.html' : path.replace(/^\/page\//, '');
  const extension = /^(?:lib\/)?[a-z-]+\.(html|css|js|svg)$/.exec(name)?.[1];
  const file = LIBRARIES[name] ?? new URL(name, FOLDER);
  const bytes = extension === undefined ? undefined : await readFile(file).catch(() => undefined);
  if (!bytes || extension === undefined) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('There is nothing here.\n');
    return;
  }
  response.writeHead(200, { ...HEADERS, 'content-type': TYPES[extension] }).end(bytes);
}
