import {
  SSEClientTransport,
  SdkError,
  SdkErrorCode,
  SdkHttpError,
  StreamableHTTPClientTransport,
  isJSONRPCRequest,
  type FetchLike,
  type JSONRPCMessage,
} from '@modelcontextprotocol/client';
import { readableFetch } from './readable-fetch.ts';

/** The message did not reach the server. */
export class NotSent extends Error {
  override name = 'NotSent';
}

/** The message was not sent: its server would break down over it. */
export class TooLongToSend extends Error {
  override name = 'TooLongToSend';
}

type SendOptions = Parameters<StreamableHTTPClientTransport['send']>[1];

/** Streamable HTTP in which a call fails as soon as its stream ends without an answer, not at its time limit. */
export class HttpTransport extends StreamableHTTPClientTransport {
  constructor(url: URL, headers: Record<string, string>) {
    // A broken stream is not resumed: the call has failed, and its caller decides whether to make another.
    const reconnectionOptions = {
      maxRetries: 0,
      initialReconnectionDelay: 1_000,
      maxReconnectionDelay: 30_000,
      reconnectionDelayGrowFactor: 2,
    };
    super(url, { fetch: readableFetch, requestInit: { headers }, reconnectionOptions });
  }

  override async send(message: JSONRPCMessage, options?: SendOptions): Promise<void> {
    if (!isJSONRPCRequest(message) || message.method !== 'tools/call') return super.send(message, options);
    const ended = Promise.withResolvers<void>();
    ended.promise.catch(() => undefined);
    const onRequestStreamEnd = (): void => {
      options?.onRequestStreamEnd?.();
      ended.reject(new SdkError(SdkErrorCode.ConnectionClosed, 'the stream ended without an answer'));
    };
    await super.send(message, { ...options, onRequestStreamEnd });
    // This never resolves: the protocol gets the answer elsewhere, and heeds only the rejection.
    return ended.promise;
  }
}

/** The deprecated HTTP+SSE transport, whose refusals keep their status. */
export class SseTransport extends SSEClientTransport {
  constructor(url: URL, headers: Record<string, string>) {
    super(url, { fetch: fetchOrRefusal, requestInit: { headers } });
  }
}

const fetchOrRefusal: FetchLike = async (url, init) => {
  const response = await readableFetch(url, init);
  if (response.ok || init?.method !== 'POST') return response;
  const { status, statusText } = response;
  const text = await response.text().catch(() => '');
  throw new SdkHttpError(SdkErrorCode.ClientHttpNotImplemented, `HTTP ${status}`, { status, statusText, text });
};
