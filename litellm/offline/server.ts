import { setTimeout as sleep } from 'node:timers/promises';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { z } from 'zod';
import { errorText } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import { chatRequest } from './request.ts';
import { nextTurn } from './turn.ts';
import { completion, frames } from './wire.ts';

const log = createLogger('offline-model');

export interface HandlerOptions {
  /** How many milliseconds pass between the pieces of a streamed answer; 0 by default. */
  delayMs?: number;
}

const maxBody = 16 * 1024 * 1024;

/**
 * Serves /v1/models, /v1/chat/completions and /healthz. Each also works without /v1, because LiteLLM's own clients ask
 * so.
 */
export function createHandler(options: HandlerOptions): RequestListener {
  return (request, response) => {
    handle(request, response, options).catch((error: unknown) => {
      log.error({ error: errorText(error) }, 'request failed');
      if (response.headersSent) response.destroy();
      else fail(response, 500, 'The offline model failed inside; its log says why.', 'internal_server_error');
    });
  };
}

async function handle(request: IncomingMessage, response: ServerResponse, options: HandlerOptions): Promise<void> {
  const route = `${request.method} ${(request.url ?? '/').split('?')[0]!.replace(/^\/v1(?=\/)/, '')}`;
  if (route === 'GET /healthz') return json(response, 200, { status: 'ok' });
  if (route === 'GET /models') return json(response, 200, { object: 'list', data: [model()] });
  if (route === 'POST /chat/completions') return chat(request, response, options);
  fail(response, 404, `There is no ${route}; the offline model serves /v1/models and /v1/chat/completions.`);
}

function model(): object {
  return { id: 'offline', object: 'model', created: 0, owned_by: 'dragoman' };
}

async function chat(request: IncomingMessage, response: ServerResponse, options: HandlerOptions): Promise<void> {
  const body = await readBody(request);
  if (body === undefined) return fail(response, 413, 'The request is larger than 16 MB.');
  const parsed = chatRequest.safeParse(parseJson(body));
  if (!parsed.success) return fail(response, 400, z.prettifyError(parsed.error));
  const turn = nextTurn(parsed.data);
  if (!parsed.data.stream) return json(response, 200, completion(turn, parsed.data));
  await stream(response, frames(turn, parsed.data), options.delayMs ?? 0);
}

async function stream(response: ServerResponse, pieces: Iterable<string>, delayMs: number): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  for (const piece of pieces) {
    if (response.destroyed) return;
    response.write(piece);
    if (delayMs > 0) await sleep(delayMs);
  }
  response.end();
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBody) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** Answers with an error in OpenAI's shape. */
function fail(response: ServerResponse, status: number, message: string, type = 'invalid_request_error'): void {
  json(response, status, { error: { message, type, param: null, code: null } });
}
