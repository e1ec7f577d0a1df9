import { createParser } from 'eventsource-parser';
import { Client, Pool, type Dispatcher } from 'undici';
import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  PROTOCOL_VERSION_META_KEY,
} from '@modelcontextprotocol/client';
import { IDEMPOTENCY_META } from '#shared/ground/tool-meta.ts';
import { clockTolerance } from '#shared/rights/jwt.ts';
import { clockDiffers } from './events.ts';
import { NotDelivered, RunnerFailure, fromNetwork, type RpcError } from './runner-errors.ts';

export interface McpRequest {
  method: 'tools/list' | 'tools/call';
  params: Record<string, unknown>;
  /** Makes a bearer token for this very request, by a clock that shows `now` (milliseconds since the epoch). */
  token: (now: number) => Promise<string>;
  signal: AbortSignal;
  onProgress?: ((message: string) => void) | undefined;
  /** Over a connection of its own: of the kept ones, others may have died with the one that was lost. */
  fresh?: boolean;
}

export interface McpReply {
  result: Record<string, unknown>;
  /** Milliseconds that the backend behind the tool-runner took, if the runner said so. */
  backendMs: number | undefined;
}

export interface McpClient extends AsyncDisposable {
  /** Makes one request. Throws RunnerFailure or NotDelivered, and the signal's reason when it aborts. */
  request(request: McpRequest): Promise<McpReply>;
  /** Sends a message that has no answer, once. Resolves to whether it was taken; never rejects. */
  notify(method: string, token: McpRequest['token']): Promise<boolean>;
}

const revision = '2026-07-28';
const envelope = {
  [PROTOCOL_VERSION_META_KEY]: revision,
  [CLIENT_INFO_META_KEY]: { name: 'dragoman-worker', version: '1.0.0' },
  [CLIENT_CAPABILITIES_META_KEY]: {},
};
/** Milliseconds in which a message must be taken: a tool-runner that stands still keeps nobody waiting. */
const tellMs = 5_000;
/** Bytes of one answer; tool-runners limit theirs far below. */
const maxBytes = 16_000_000;

/**
 * A client of one tool-runner over streamable HTTP, MCP 2026-07-28: every request stands alone, and closing it cancels
 * it. A call with an idempotency key outlives its connection, so that a worker's death does not cut it off; it is
 * cancelled by a message. This is bare undici instead of the SDK's client, because a call then costs a quarter of the
 * CPU and has a token of its own.
 */
export function createMcpClient(url: string): McpClient {
  const { origin, pathname, search } = new URL(url);
  const patience = { headersTimeout: 0, bodyTimeout: 0, connect: { timeout: 4_000 } };
  const pool = new Pool(origin, { connections: 256, ...patience });
  let lastId = 0;
  /** Milliseconds by which the tool-runner's clock is ahead of ours; 0 while the difference does not matter. */
  let ahead = 0;

  /**
   * Whether a refused token was refused because of the clock. A refused token has done nothing, and the next one is
   * signed by the tool-runner's clock.
   */
  function wasTheClock({ statusCode, headers }: Dispatcher.ResponseData, signedAhead: number): boolean {
    const theirs = statusCode === 401 ? Date.parse(String(headers.date)) : Number.NaN;
    const difference = theirs - Date.now();
    const tolerated = (by: number) => !(Math.abs(difference - by) > clockTolerance * 1_000);
    if (tolerated(signedAhead)) return false;
    // When calls run side by side, only the first one logs the difference.
    if (!tolerated(ahead)) clockDiffers(url, difference);
    ahead = difference;
    return true;
  }

  return {
    async request(request) {
      request.signal.throwIfAborted();
      lastId += 1;
      const id = lastId;
      let token = '';
      const signedAhead = ahead;
      const own = request.fresh === true ? new Client(origin, patience) : undefined;
      const attempt = async () => {
        token = await request.token(Date.now() + ahead);
        return send(own ?? pool, pathname + search, id, token, request);
      };
      try {
        let response = await attempt();
        if (wasTheClock(response, signedAhead)) {
          await response.body.dump();
          response = await attempt();
        }
        const message = await readMessage(response, id, request);
        return { result: resultOf(message), backendMs: backendTime(response.headers['server-timing']) };
      } catch (error) {
        if (request.signal.aborted) {
          if (hasKey(request)) tellCancelled(pool, pathname + search, id, token);
          throw request.signal.reason;
        }
        throw error instanceof RunnerFailure || error instanceof NotDelivered ? error : fromNetwork(error);
      } finally {
        void own?.destroy();
      }
    },
    async notify(method, token) {
      try {
        const bearer = await token(Date.now() + ahead);
        return (await post(pool, pathname + search, method, bearer, {})) < 300;
      } catch {
        return false;
      }
    },
    [Symbol.asyncDispose]: () => pool.destroy(),
  };
}

function send(
  connection: Pool | Client,
  path: string,
  id: number,
  token: string,
  request: McpRequest,
): Promise<Dispatcher.ResponseData> {
  const { method, params, signal } = request;
  const meta = {
    ...envelope,
    ...(params['_meta'] as object | undefined),
    ...(request.onProgress && { progressToken: id }),
  };
  const name = method === 'tools/call' && { 'mcp-name': String(params['name']) };
  const body = JSON.stringify({ jsonrpc: '2.0', id, method, params: { ...params, _meta: meta } });
  return connection.request({ path, method: 'POST', headers: { ...headersOf(method, token), ...name }, body, signal });
}

function headersOf(method: string, token: string): Record<string, string> {
  return {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    authorization: `Bearer ${token}`,
    'mcp-protocol-version': revision,
    'mcp-method': method,
  };
}

function hasKey({ params }: McpRequest): boolean {
  const meta = params['_meta'] as Record<string, unknown> | undefined;
  return meta?.[IDEMPOTENCY_META] !== undefined;
}

function tellCancelled(pool: Pool, path: string, id: number, token: string): void {
  // A runner that cannot be told is gone, and its call with it, or it ends the call by its own time limit.
  post(pool, path, 'notifications/cancelled', token, { requestId: id }).catch(() => undefined);
}

async function post(pool: Pool, path: string, method: string, token: string, params: object): Promise<number> {
  const body = JSON.stringify({ jsonrpc: '2.0', method, params: { ...params, _meta: envelope } });
  const signal = AbortSignal.timeout(tellMs);
  const response = await pool.request({ path, method: 'POST', headers: headersOf(method, token), body, signal });
  await response.body.dump();
  return response.statusCode;
}

interface RpcMessage {
  id?: unknown;
  method?: unknown;
  params?: { message?: unknown; progress?: unknown; total?: unknown };
  result?: unknown;
  error?: RpcError;
}

async function readMessage(response: Dispatcher.ResponseData, id: number, request: McpRequest): Promise<RpcMessage> {
  const { statusCode, headers, body } = response;
  const type = String(headers['content-type']);
  if (statusCode === 200 && type.startsWith('text/event-stream')) return readStream(body, id, request);
  const text = await boundedText(body);
  const message = parse(text);
  if (statusCode === 200 && message && (message.id === id || message.error)) return message;
  throw new RunnerFailure(statusCode === 200 ? { what: 'no-result' } : { status: statusCode, rpc: message?.error });
}

/** Uses listeners instead of an async iterator: every call passes here, and the iterator costs a dozen promises. */
function boundedText(body: Dispatcher.ResponseData['body']): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    body.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > maxBytes) body.destroy(new RunnerFailure({ what: 'too-large' }));
    });
    body.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    body.once('error', reject);
    body.once('close', () => {
      if (!body.readableEnded) reject(new RunnerFailure({ what: 'lost' }));
    });
  });
}

/** Reads notifications until the answer comes. A stream that ends without one has lost the call. */
async function readStream(body: Dispatcher.ResponseData['body'], id: number, request: McpRequest): Promise<RpcMessage> {
  let answer: RpcMessage | undefined;
  let size = 0;
  const decoder = new TextDecoder();
  const parser = createParser({
    onEvent({ data }) {
      const message = parse(data);
      if (message?.method === 'notifications/progress') tellProgress(message, request);
      else if (message?.id === id && message.method === undefined) answer ??= message;
    },
  });
  for await (const chunk of body) {
    size += (chunk as Buffer).length;
    if (size > maxBytes) throw new RunnerFailure({ what: 'too-large' });
    parser.feed(decoder.decode(chunk as Buffer, { stream: true }));
    if (answer) return answer;
  }
  throw new RunnerFailure({ what: 'lost' });
}

function tellProgress({ params }: RpcMessage, request: McpRequest): void {
  const { message, progress, total } = params ?? {};
  if (typeof message === 'string' && message !== '') request.onProgress?.(message.slice(0, 500));
  else if (typeof progress === 'number') {
    request.onProgress?.(
      typeof total === 'number' && total > 0 ? `${Math.round((100 * progress) / total)} %` : `${progress}`,
    );
  }
}

function resultOf(message: RpcMessage): Record<string, unknown> {
  if (message.error) throw new RunnerFailure({ rpc: message.error });
  const { result } = message;
  if (typeof result === 'object' && result !== null && !Array.isArray(result)) return result as Record<string, unknown>;
  throw new RunnerFailure({ what: 'no-result' });
}

function backendTime(header: string | string[] | undefined): number | undefined {
  const match = /\bbackend;dur=(\d+(?:\.\d+)?)/.exec(String(header));
  return match ? Number(match[1]) : undefined;
}

function parse(text: string): RpcMessage | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
