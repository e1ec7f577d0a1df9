import type { RawAnswer } from '../raw-http.ts';
import type { FuzzRequest } from './requests.ts';

const types = new Set([
  'invalid_request_error',
  'authentication_error',
  'permission_error',
  'rate_limit_error',
  'insufficient_quota',
]);
const stack = /\n\s+at |node_modules|\.ts:\d|\bZodError\b|\bTypeError\b|\/(?:home|root|work|app)\//;

/** What is wrong with an answer to a hostile request; undefined when nothing is. */
export function wrongWith({ readable, method }: FuzzRequest, answer: RawAnswer): string | undefined {
  const { status, headers, body } = answer;
  if (status === 'close') return 'the connection was closed without a word';
  if (status >= 500) return `status ${status}`;
  if (stack.test(body)) return 'it tells of its inside';
  if (method === 'HEAD') return undefined;
  if (status >= 400) return wrongWithError(status, body, readable);
  const type = headers['content-type'] ?? '';
  if (type.startsWith('text/event-stream')) return wrongWithStream(body);
  return type.startsWith('application/json') && jsonOf(body) === undefined ? 'the answer is no JSON' : undefined;
}

function wrongWithError(status: number, body: string, readable: boolean): string | undefined {
  const error = (jsonOf(body) as { error?: Record<string, unknown> } | undefined)?.error;
  // MCP has errors of its own.
  if (typeof error?.['code'] === 'number' && typeof error['message'] === 'string') return undefined;
  if (!error) return 'the error is not in the shape of OpenAI';
  const { message, type, param, code } = error;
  if (typeof message !== 'string' || message === '' || /undefined|\[object/.test(message)) return 'it has no message';
  if (typeof type !== 'string' || !types.has(type)) return `type ${String(type)}`;
  if (param !== null && (typeof param !== 'string' || param === '')) return `param ${JSON.stringify(param)}`;
  if (code !== null && (typeof code !== 'string' || code === '')) return `code ${JSON.stringify(code)}`;
  return status === 400 && readable && param === null ? 'a 400 that names no member' : undefined;
}

function wrongWithStream(body: string): string | undefined {
  if (body !== '' && !body.endsWith('\n\n')) return 'the stream broke off';
  for (const line of body.split('\n')) {
    if (!line.startsWith('data: ') || line === 'data: [DONE]') continue;
    const data = jsonOf(line.slice(6)) as { type?: string; error?: { type?: string } } | undefined;
    if (data === undefined) return `an event is no JSON: ${line.slice(0, 100)}`;
    if (data.error?.type === 'server_error') return `the stream ends with a failure: ${line.slice(0, 300)}`;
  }
  return undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
