import type { IncomingMessage, ServerResponse } from 'node:http';
import { isJsonContentType } from '@modelcontextprotocol/server';
import { UserError } from '#shared/ground/errors.ts';
import { isObject } from '#shared/ground/objects.ts';
import { RUN_ENDED_METHOD, RUN_FORGOTTEN_METHOD } from '#shared/ground/tool-meta.ts';
import type { Authenticator, Grant } from './auth.ts';
import type { Room } from '#mcp/room.ts';
import { readJsonBody } from './body.ts';
import { runKey, type CallRequest } from './calls.ts';
import type { Cancellations } from './cancellation.ts';
import { busy, REQUEST_REJECTED, type RequestGuard, type Rejection } from './request-guard.ts';
import { answerSent, requestRejected } from './events.ts';
import type { LegacySse } from './legacy-sse.ts';
import type { Protocol } from './protocol.ts';
import type { Unread } from './unread.ts';

export interface EndpointParts {
  server: string;
  guard: RequestGuard;
  authenticator: Authenticator;
  protocol: Protocol;
  cancellations: Cancellations;
  requestMaxBytes: number;
  /** Lets go of what is kept for a run. */
  runEnded: (run: string) => void;
  /** Forgets the run's calls. Rejects when they are not gone. */
  runForgotten: (run: string) => Promise<void>;
  /** Room for what the requests under way hold. */
  room: Room;
  /** What callers have not read of their answers. */
  unread: Unread;
}

const PARSE_ERROR = -32_700;

/** Serves /mcp: Host, Origin and token are checked before anything else in a request is looked at. */
export async function serveMcp(
  parts: EndpointParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const arrived = performance.now();
  const admitted = await admit(parts, request);
  if ('status' in admitted) return reject(response, admitted);
  const wrong = wrongForm(request);
  if (wrong) return reject(response, wrong);
  if (parts.unread.full()) return reject(response, busy);
  using share = parts.room.share();
  const body = await readJsonBody(request, parts.requestMaxBytes, share);
  if (body.kind === 'too-large') return reject(response, tooLarge(parts.requestMaxBytes));
  if (body.kind === 'busy') return reject(response, busy);
  if (body.kind === 'not-json') {
    return reject(response, {
      status: 400,
      code: PARSE_ERROR,
      message: 'The body is not JSON, or nested far too deep.',
    });
  }
  const gone = untilClosed(response);
  const cancel = new AbortController();
  const call: CallRequest = {
    grant: admitted,
    signal: gone.signal,
    cancelled: cancel.signal,
    backendMs: 0,
    called: false,
  };
  parts.cancellations.heed(admitted, body.value);
  if (methodOf(body.value) === RUN_ENDED_METHOD) parts.runEnded(runKey(admitted));
  if (methodOf(body.value) === RUN_FORGOTTEN_METHOD) await parts.runForgotten(runKey(admitted));
  const forget = parts.cancellations.watch(admitted, body.value, () => {
    cancel.abort();
    gone.abort();
  });
  try {
    await parts.protocol.handle(request, response, body.value, call);
  } finally {
    forget();
    parts.unread.watch(response);
  }
  if (call.called) answerSent(parts.server, performance.now() - arrived - call.backendMs);
}

/** Serves the deprecated transport's two routes, behind the same checks. */
export async function serveSse(
  parts: EndpointParts,
  sse: LegacySse,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const admitted = await admit(parts, request);
  if ('status' in admitted) return reject(response, admitted);
  const rejection =
    request.method === 'GET' ? await sse.open(admitted, response) : await sse.receive(admitted, request, response);
  if (rejection) reject(response, rejection);
}

/** Returns who asks, or why the request is turned away. */
async function admit(parts: EndpointParts, request: IncomingMessage): Promise<Grant | Rejection> {
  const rejection = parts.guard.rejection(request);
  if (rejection) return rejection;
  try {
    return await parts.authenticator.authenticate(request.headers.authorization);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    // Node's own Date header may be a second old. A caller whose clock differs learns ours from this one.
    const headers = { 'www-authenticate': 'Bearer', date: new Date().toUTCString() };
    return { status: 401, code: REQUEST_REJECTED, message: error.message, headers };
  }
}

function methodOf(body: unknown): unknown {
  return isObject(body) ? body['method'] : undefined;
}

function wrongForm(request: IncomingMessage): Rejection | undefined {
  if (request.method !== 'POST') {
    const message = 'Only POST is served here; there are no sessions and no GET stream.';
    return { status: 405, code: REQUEST_REJECTED, message, headers: { allow: 'POST' } };
  }
  if (isJsonContentType(request.headers['content-type'])) return undefined;
  return { status: 415, code: REQUEST_REJECTED, message: 'Send Content-Type: application/json.' };
}

function tooLarge(bytes: number): Rejection {
  const message = `The request is larger than ${bytes} bytes. Send less, or raise REQUEST_MAX_BYTES.`;
  return { status: 413, code: REQUEST_REJECTED, message, headers: { connection: 'close' } };
}

/** Answers with a JSON-RPC error, the form in which MCP clients show what they were told. */
export function reject(response: ServerResponse, rejection: Rejection): void {
  const { status, code, message, headers } = rejection;
  requestRejected(message, status);
  response
    .writeHead(status, { 'content-type': 'application/json', ...headers })
    .end(JSON.stringify({ jsonrpc: '2.0', error: { code, message }, id: null }));
}

/** Aborts when the caller goes away before it has its answer. */
function untilClosed(response: ServerResponse): AbortController {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort();
  });
  return controller;
}
