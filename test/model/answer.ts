import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ParsedRequest, RawAnswer, Turn } from './turn.ts';
import { completion, errorBody, frames } from './wire.ts';

/** Sends one turn. Resolves when nothing more will be sent, also when the caller has gone away. */
export async function sendTurn(response: ServerResponse, request: ParsedRequest, turn: Turn): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  try {
    if (turn.delayMs) await sleep(turn.delayMs, undefined, { signal: gone.signal });
    if (turn.hang) return;
    if (turn.raw) return sendRaw(response, turn.raw);
    if (turn.error) return sendError(response, turn);
    if (request.body.stream) return await sendStream(response, request, turn, gone.signal);
    sendCompletion(response, request, turn);
  } catch (error) {
    // A sleep ends this way when the caller aborts. Then there is nobody left to answer.
    if (!gone.signal.aborted) throw error;
  }
}

function sendRaw(response: ServerResponse, { status = 200, headers, pieces, cut: cuts }: RawAnswer): void {
  response.writeHead(status, { 'content-type': 'text/event-stream', ...headers });
  response.flushHeaders();
  for (const piece of pieces.slice(0, -1)) response.write(piece);
  const last = pieces.at(-1) ?? '';
  if (cuts) cut(response, last);
  else response.end(last);
}

function sendError(response: ServerResponse, turn: Turn): void {
  const { status, body, headers } = turn.error!;
  response.writeHead(status, { 'content-type': 'application/json', 'x-litellm-call-id': randomUUID(), ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body ?? errorBody(status)));
}

function sendCompletion(response: ServerResponse, request: ParsedRequest, turn: Turn): void {
  const body = Buffer.from(JSON.stringify(completion(turn, request)));
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': body.length,
    'x-litellm-call-id': randomUUID(),
    'x-litellm-model-group': request.body.model,
    ...(turn.cost === undefined ? {} : { 'x-litellm-response-cost': String(turn.cost) }),
  });
  if (turn.cutAfterBytes === undefined) response.end(body);
  else cut(response, body.subarray(0, turn.cutAfterBytes));
}

function cut(response: ServerResponse, last: string | Buffer): void {
  // Node would drop an empty write, and the headers with it.
  response.flushHeaders();
  if (last.length === 0) response.destroy();
  else response.write(last, () => response.destroy());
}

async function sendStream(
  response: ServerResponse,
  request: ParsedRequest,
  turn: Turn,
  gone: AbortSignal,
): Promise<void> {
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache',
    'x-litellm-call-id': randomUUID(),
    'x-litellm-model-group': request.body.model,
  });
  const all = frames(turn, request);
  const stopAt = turn.cutAfterChunks ?? turn.hangAfterChunks ?? all.length;
  const kept = all.slice(0, stopAt);
  if (turn.cutAfterBytes !== undefined)
    return cut(response, Buffer.from(kept.join('')).subarray(0, turn.cutAfterBytes));
  if (!turn.chunkDelayMs) response.write(kept.join(''));
  else await pace(response, kept, turn.chunkDelayMs, gone);
  if (turn.hangAfterChunks !== undefined) return;
  if (turn.cutAfterChunks !== undefined) return cut(response, '');
  response.end();
}

async function pace(response: ServerResponse, all: string[], delayMs: number, gone: AbortSignal): Promise<void> {
  for (const [index, frame] of all.entries()) {
    if (index > 0) await sleep(delayMs, undefined, { signal: gone });
    response.write(frame);
  }
}
