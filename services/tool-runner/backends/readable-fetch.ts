import type { FetchLike, JSONRPCMessage, RequestId } from '@modelcontextprotocol/client';
import { answerMaxBytes, boundedFetch, TooLarge } from './bounded-fetch.ts';
import { inPlaceOf, readMessages } from './readable.ts';

/** fetch for MCP's transports over HTTP, which turns answers into what the SDK's strict reader accepts. */
export const readableFetch: FetchLike = async (url, init) => {
  const response = await boundedFetch(url, init);
  const type = response.headers.get('content-type') ?? '';
  const request = readRequest(init?.body);
  // The SDK judges the answer to the very first request, which tells the revisions that the server speaks.
  if (!response.ok || response.body === null || request?.method === 'server/discover') return response;
  const asked = request?.id;
  if (type.startsWith('text/event-stream')) {
    return renewed(response, response.body.pipeThrough(readableEvents(asked)));
  }
  if (asked === undefined || !type.startsWith('application/json')) return response;
  const messages = await readWhole(response, asked);
  return renewed(response, JSON.stringify(messages.length === 1 ? messages[0] : messages));
};

async function readWhole(response: Response, asked: RequestId): Promise<JSONRPCMessage[]> {
  try {
    return readMessages(await response.text(), asked);
  } catch (error) {
    // The server has answered, if too much.
    if (error instanceof TooLarge) return inPlaceOf(asked);
    throw error;
  }
}

function renewed({ status, statusText, headers }: Response, body: string | ReadableStream): Response {
  const kept = new Headers(headers);
  kept.delete('content-length');
  kept.delete('content-encoding');
  return new Response(body, { status, statusText, headers: kept });
}

function readRequest(body: unknown): { id?: RequestId; method?: string } | undefined {
  return typeof body === 'string' ? (JSON.parse(body) as { id?: RequestId; method?: string }) : undefined;
}

/** Reads the messages of an event stream; other events pass unchanged. An endless event ends the stream. */
function readableEvents(asked: RequestId | undefined): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  /** The parts of an event that has not ended, and how long they are; they are joined once, when it ends. */
  let parts: string[] = [];
  let length = 0;
  return new TransformStream({
    transform(chunk, controller) {
      const text = decoder.decode(chunk, { stream: true });
      const seam = (parts.at(-1) ?? '').slice(-3);
      parts.push(text);
      length += text.length;
      if (/\r\r|\n\n|\n\r|\r\n\r/.test(seam + text)) {
        const events = parts.join('').split(/\r\n\r\n|\n\n|\r\r/);
        const rest = events.pop() ?? '';
        parts = [rest];
        length = rest.length;
        for (const event of events) controller.enqueue(encoder.encode(readEvent(event, asked)));
      } else if (length > answerMaxBytes) {
        // The server has answered, if too much; what it goes on to send is not read.
        for (const message of inPlaceOf(asked)) controller.enqueue(encoder.encode(eventOf(message)));
        controller.terminate();
      }
    },
  });
}

function eventOf(message: JSONRPCMessage): string {
  return `data: ${JSON.stringify(message)}\n\n`;
}

function readEvent(event: string, asked: RequestId | undefined): string {
  const lines = event.split(/\r\n|\n|\r/);
  const isData = (line: string): boolean => line.startsWith('data:');
  const data = lines.filter(isData).map((line) => line.slice(5).replace(/^ /, ''));
  const name =
    lines
      .findLast((line) => line.startsWith('event:'))
      ?.slice(6)
      .trim() ?? 'message';
  if (name !== 'message' || data.join('') === '') return `${event}\n\n`;
  const others = lines
    .filter((line) => !isData(line))
    .map((line) => `${line}\n`)
    .join('');
  const messages = readMessages(data.join('\n'), asked);
  if (messages.length === 0) return `${others}\n`;
  return messages.map((message) => `${others}${eventOf(message)}`).join('');
}
