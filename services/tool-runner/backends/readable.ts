import { randomUUID } from 'node:crypto';
import { parseJSONRPCMessage, type JSONRPCMessage, type RequestId } from '@modelcontextprotocol/client';
import { isObject } from '#shared/ground/objects.ts';

const INTERNAL_ERROR = -32_603;
/** No server can guess this: an error with it as its `data` is ours, and stands for an answer that cannot be read. */
export const unreadable = randomUUID();

type Fields = Record<string, unknown>;

/**
 * The messages in a text of a server that is not ours, read leniently: one odd field must not cost an answer, and an
 * answer that cannot be read must end its call at once. A text that is not a message and names no request gives none.
 * `asked` is the request that the text answers, where the transport tells.
 */
export function readMessages(text: string, asked?: RequestId): JSONRPCMessage[] {
  const value = parse(text);
  if (value === undefined) return inPlaceOf(idIn(text) ?? (text.includes('"method"') ? undefined : asked));
  // An array is a batch; MCP 2025-03-26 had them.
  return (Array.isArray(value) ? value : [value]).flatMap((each: unknown) => readMessage(each, asked));
}

function readMessage(value: unknown, asked: RequestId | undefined): JSONRPCMessage[] {
  if (!isObject(value)) return inPlaceOf(asked);
  const message = repaired(value, asked);
  try {
    return [parseJSONRPCMessage(message)];
  } catch {
    if ('method' in message) return [];
    return inPlaceOf(isId(message['id']) ? message['id'] : asked);
  }
}

/** What stands for an answer that cannot be read; nothing where it is not known whose it is. */
export function inPlaceOf(id: RequestId | undefined): JSONRPCMessage[] {
  if (id === undefined) return [];
  return [{ jsonrpc: '2.0', id, error: { code: INTERNAL_ERROR, message: 'unreadable answer', data: unreadable } }];
}

/** The JSON of a text, also when it has NaN or Infinity, which some languages write. Undefined when it is not JSON. */
export function parse(text: string): unknown {
  const json = text.replace(/^\ufeff/, '');
  for (const attempt of [() => json, () => json.replaceAll(noNumber, (token) => (token[0] === '"' ? token : 'null'))]) {
    try {
      return JSON.parse(attempt()) as unknown;
    } catch {
      // The next attempt reads it differently; after the last one it is not JSON.
    }
  }
  return undefined;
}

/** Strings come first in the pattern, so that what stands in one is left alone. */
const noNumber = /"(?:[^"\\]|\\[^])*"|-?\b(?:NaN|Infinity)\b/g;

/** The id in a text that is not valid JSON. */
export function idIn(text: string): RequestId | undefined {
  const found =
    /^[^]{0,200}?"id"\s*:\s*(\d{1,15})\b/.exec(text)?.[1] ?? /"id"\s*:\s*(\d{1,15})\s*\}\s*$/.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

function repaired(value: Fields, asked: RequestId | undefined): Fields {
  const message: Fields = { jsonrpc: '2.0', ...value };
  if ('method' in message) return message;
  if (message['error'] === null || message['error'] === undefined) {
    delete message['error'];
    const { result } = message;
    if (isObject(result) && !isObject(result['_meta'])) message['result'] = { ...result, _meta: undefined };
    return message;
  }
  delete message['result'];
  message['error'] = repairedError(message['error']);
  // JSON-RPC 2.0: a server that could not read the request does not know its id.
  if (asked !== undefined && !isId(message['id'])) message['id'] = asked;
  return message;
}

function repairedError(error: unknown): Fields {
  if (!isObject(error)) return { code: INTERNAL_ERROR, message: String(error) };
  const { code, message, data } = error;
  return {
    code: Number.isSafeInteger(code) ? code : INTERNAL_ERROR,
    message: typeof message === 'string' ? message : 'error',
    ...(data !== undefined && { data }),
  };
}

function isId(value: unknown): value is RequestId {
  return typeof value === 'string' || Number.isSafeInteger(value);
}
