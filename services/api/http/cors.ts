import type { RequestHandler } from 'express';

/** Seconds for which a browser remembers the answer to its preliminary request. */
const maxAgeSeconds = 600;

/** Lets pages of these origins call the API, and no others: a browser refuses what no header allows. */
export function cors(origins: string[]): RequestHandler {
  const allowed = new Set(origins);
  return (request, response, next) => {
    const { origin } = request.headers;
    if (origin !== undefined && allowed.has(origin)) {
      response.set({
        'access-control-allow-origin': origin,
        'access-control-expose-headers': 'x-dragoman-run, x-dragoman-budget, retry-after',
        vary: 'Origin',
        'cross-origin-resource-policy': 'cross-origin',
      });
      if (request.method === 'OPTIONS') {
        response.set({
          vary: 'Origin, Access-Control-Request-Headers',
          'access-control-allow-methods': 'GET, POST, DELETE',
          // Libraries add headers of their own, such as OpenAI's `x-stainless-…`; an origin that is trusted may send any.
          'access-control-allow-headers':
            request.headers['access-control-request-headers'] ?? 'authorization, content-type',
          'access-control-max-age': String(maxAgeSeconds),
        });
      }
    }
    if (request.method === 'OPTIONS') return void response.status(204).end();
    next();
  };
}
