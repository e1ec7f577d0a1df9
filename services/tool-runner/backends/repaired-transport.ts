import {
  isJSONRPCRequest,
  isJSONRPCResultResponse,
  type JSONRPCMessage,
  type RequestId,
  type Transport,
} from '@modelcontextprotocol/client';
import { readDiscover, readInitialize } from './read-initialize.ts';
import { readResult } from './read-result.ts';

type Fields = Record<string, unknown>;

/** Which answers are read in our own shapes before the SDK's strict parser sees them; `list-tools.ts` reads lists itself. */
const readers: Record<string, (result: Fields) => Fields> = {
  initialize: readInitialize,
  'server/discover': readDiscover,
  'tools/list': asComplete,
  'resources/list': asComplete,
  'resources/templates/list': asComplete,
  'resources/read': asComplete,
  'prompts/list': asComplete,
  'tools/call': (result) => asComplete(readResult(result)),
};

/** MCP 2026-07-28 wants each result to say that it is one; older revisions do not have the field, and pass it over. */
function asComplete(result: Fields): Fields {
  return { ...result, resultType: result['resultType'] ?? 'complete' };
}

/**
 * A transport whose answers pass if they can be understood at all: one odd field must not cost a connection or a
 * result. It knows which question each answer belongs to, which an answer alone does not tell.
 */
export class RepairedTransport implements Transport {
  readonly #inner: Transport;
  readonly #asked = new Map<RequestId, string>();
  #onmessage: Transport['onmessage'];
  /** The revision that the server has named, where the SDK was given another one in its place. */
  #revision: string | undefined;

  constructor(inner: Transport) {
    this.#inner = inner;
  }

  get sessionId(): string | undefined {
    return this.#inner.sessionId;
  }

  get hasPerRequestStream(): boolean {
    return this.#inner.hasPerRequestStream ?? false;
  }

  get onclose(): Transport['onclose'] {
    return this.#inner.onclose;
  }

  set onclose(heed: Transport['onclose']) {
    assign(this.#inner, 'onclose', heed);
  }

  get onerror(): Transport['onerror'] {
    return this.#inner.onerror;
  }

  set onerror(heed: Transport['onerror']) {
    assign(this.#inner, 'onerror', heed);
  }

  get onmessage(): Transport['onmessage'] {
    return this.#onmessage;
  }

  set onmessage(heed: Transport['onmessage']) {
    this.#onmessage = heed;
    assign(this.#inner, 'onmessage', heed && ((message, extra) => heed(this.#read(message), extra)));
  }

  start(): Promise<void> {
    return this.#inner.start();
  }

  async send(message: JSONRPCMessage, options?: Parameters<Transport['send']>[1]): Promise<void> {
    if (isJSONRPCRequest(message) && message.method in readers) this.#asked.set(message.id, message.method);
    return this.#inner.send(message, options);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  setProtocolVersion(version: string): void {
    this.#inner.setProtocolVersion?.(this.#revision ?? version);
  }

  setSupportedProtocolVersions(versions: string[]): void {
    this.#inner.setSupportedProtocolVersions?.(versions);
  }

  #read<T extends JSONRPCMessage>(message: T): T {
    if (!('id' in message) || 'method' in message) return message;
    const method = this.#asked.get(message.id as RequestId);
    this.#asked.delete(message.id as RequestId);
    if (method === undefined || !isJSONRPCResultResponse(message)) return message;
    const result = readers[method]?.(message.result) ?? message.result;
    const { protocolVersion: said } = message.result;
    if (method === 'initialize' && said !== result['protocolVersion'] && isToken(said)) this.#revision = said;
    return { ...message, result };
  }
}

/** The SDK's types do not take undefined for a handler that is taken away. */
function assign<Key extends 'onclose' | 'onerror' | 'onmessage'>(to: Transport, key: Key, heed: Transport[Key]): void {
  (to as { [name in Key]: Transport[Key] })[key] = heed;
}

/** What may stand in a header. */
function isToken(value: unknown): value is string {
  return typeof value === 'string' && /^[\w.-]{1,40}$/.test(value);
}
