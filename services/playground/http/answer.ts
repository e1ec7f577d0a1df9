import type { IncomingMessage, ServerResponse } from 'node:http';

/** Room for ten files of ten MiB in base64, and more. */
const MAX_BODY_BYTES = 150 * 1024 * 1024;

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(JSON.stringify(body ?? {}));
}

/** A mistake that the caller can correct; the caller reads its text. */
export class BadRequest extends Error {
  override name = 'BadRequest';
}

export async function readJson(request: IncomingMessage): Promise<unknown> {
  if (!(request.headers['content-type'] ?? '').startsWith('application/json')) {
    throw new BadRequest('Send JSON, with the content type application/json.');
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new BadRequest('The request is too large.');
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  try {
    return text === '' ? {} : (JSON.parse(text) as unknown);
  } catch {
    throw new BadRequest('The request is not valid JSON.');
  }
}
