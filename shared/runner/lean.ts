import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  PROTOCOL_VERSION_META_KEY,
  SERVER_INFO_META_KEY,
  type CallToolResult,
} from '@modelcontextprotocol/server';
import { isObject } from '#shared/ground/objects.ts';
import { IDEMPOTENCY_META } from '#shared/ground/tool-meta.ts';
import { callByName, serverInfo, type ToolContext, type ToolSource } from '#mcp/kit.ts';
import type { CallRequest } from './calls.ts';
import { serverTiming } from './server-timing.ts';

/** A `tools/call` of revision 2026-07-28 that has nothing besides the call. */
export interface LeanCall {
  id: string | number;
  name: string;
  arguments: Record<string, unknown> | undefined;
  progressToken: string | number | undefined;
  idempotencyKey: string | undefined;
}

const revision = '2026-07-28';
const bodyKeys = new Set(['jsonrpc', 'id', 'method', 'params']);
const paramKeys = new Set(['name', 'arguments', '_meta']);
const metaKeys = new Set([
  PROTOCOL_VERSION_META_KEY,
  CLIENT_INFO_META_KEY,
  CLIENT_CAPABILITIES_META_KEY,
  IDEMPOTENCY_META,
  'progressToken',
]);

/**
 * Reads a request that is a call of the simplest form, as workers send it. Such calls are answered without the SDK,
 * whose server, web streams and schemas cost several times the call itself. Undefined for every other request, also for
 * almost simple ones: the SDK answers the faulty ones.
 */
export function readLeanCall(request: IncomingMessage, body: unknown): LeanCall | undefined {
  if (!isObject(body) || !hasOnly(body, bodyKeys) || body['jsonrpc'] !== '2.0') return undefined;
  const { id, method, params } = body;
  if (!isKey(id) || method !== 'tools/call' || !isObject(params) || !hasOnly(params, paramKeys)) return undefined;
  const { name, arguments: args, _meta: meta } = params;
  if (typeof name !== 'string' || !/^[\w.-]+$/.test(name)) return undefined;
  if (args !== undefined && !isObject(args)) return undefined;
  if (!isObject(meta) || !hasOnly(meta, metaKeys) || !isEnvelope(meta)) return undefined;
  const { headers } = request;
  if (headers['mcp-protocol-version'] !== revision || headers['mcp-method'] !== method) return undefined;
  if (headers['mcp-name'] !== name) return undefined;
  const { progressToken, [IDEMPOTENCY_META]: key } = meta;
  if (progressToken !== undefined && !isKey(progressToken)) return undefined;
  if (key !== undefined && typeof key !== 'string') return undefined;
  return { id, name, arguments: args, progressToken, idempotencyKey: key };
}

function isEnvelope(meta: Record<string, unknown>): boolean {
  const client = meta[CLIENT_INFO_META_KEY];
  if (meta[PROTOCOL_VERSION_META_KEY] !== revision || !isObject(meta[CLIENT_CAPABILITIES_META_KEY])) return false;
  return isObject(client) && typeof client['name'] === 'string' && typeof client['version'] === 'string';
}

function isKey(value: unknown): value is string | number {
  return typeof value === 'string' || Number.isSafeInteger(value);
}

function hasOnly(value: Record<string, unknown>, keys: Set<string>): boolean {
  for (const key in value) if (!keys.has(key)) return false;
  return true;
}

/** Answers as the SDK does: as JSON, or as a stream once there is progress to report. */
export async function answerLeanCall(
  call: LeanCall,
  request: CallRequest,
  source: ToolSource,
  lists: (tool: string) => boolean,
  response: ServerResponse,
): Promise<void> {
  const context: ToolContext = {
    signal: request.signal,
    idempotencyKey: call.idempotencyKey,
    progress: progressTeller(call.progressToken, response),
  };
  const result = await callByName(source, lists, call.name, call.arguments, context);
  const message = JSON.stringify({ result: complete(result, source), jsonrpc: '2.0', id: call.id });
  if (response.headersSent) {
    response.end(event(message));
    return;
  }
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(message),
    'server-timing': serverTiming(request),
  };
  response.writeHead(200, headers).end(message);
}

function complete(result: CallToolResult, source: ToolSource): Record<string, unknown> {
  return {
    ...result,
    resultType: 'complete',
    _meta: { ...result._meta, [SERVER_INFO_META_KEY]: serverInfo(source) },
  };
}

function progressTeller(token: string | number | undefined, response: ServerResponse): ToolContext['progress'] {
  let steps = 0;
  return (message, done, total) => {
    if (token === undefined || response.writableEnded || response.destroyed) return;
    if (!response.headersSent) {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache, no-transform' });
    }
    steps += 1;
    const params = {
      progressToken: token,
      progress: done ?? steps,
      ...(total === undefined ? {} : { total }),
      message,
    };
    response.write(event(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/progress', params })));
  };
}

function event(data: string): string {
  return `event: message\ndata: ${data}\n\n`;
}
