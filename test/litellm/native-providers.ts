import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';

/** What a played provider was asked. */
export interface NativeRequest {
  path: string;
  /** The key, from whichever header or parameter the provider takes it. */
  key: string | undefined;
  body: Record<string, unknown>;
}

export interface NativeProviders extends AsyncDisposable {
  url: string;
  /** The requests so far, oldest first. */
  requests: NativeRequest[];
}

const TEXT = 'There are 2500 orders.';
/** https://docs.anthropic.com/en/docs/build-with-claude/streaming */
const ANTHROPIC = [
  {
    type: 'message_start',
    message: {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      content: [],
      model: 'claude',
      usage: { input_tokens: 12, output_tokens: 1 },
    },
  },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: TEXT } },
  { type: 'content_block_stop', index: 0 },
  {
    type: 'content_block_start',
    index: 1,
    content_block: { type: 'tool_use', id: 'toolu_1', name: 'current_time', input: {} },
  },
  { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '{"timezone":"UTC"}' } },
  { type: 'content_block_stop', index: 1 },
  { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 20 } },
  { type: 'message_stop' },
];
/** https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent */
const GEMINI = [
  { candidates: [{ index: 0, content: { role: 'model', parts: [{ text: TEXT }] } }] },
  {
    candidates: [
      {
        index: 0,
        content: { role: 'model', parts: [{ functionCall: { name: 'current_time', args: { timezone: 'UTC' } } }] },
        finishReason: 'STOP',
      },
    ],
    usageMetadata: { promptTokenCount: 12, candidatesTokenCount: 20, totalTokenCount: 32 },
  },
];
const OPENAI = [
  {
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta: { role: 'assistant', content: TEXT }, finish_reason: null }],
  },
  {
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [
      {
        index: 0,
        delta: {
          tool_calls: [
            {
              index: 0,
              id: 'call_1',
              type: 'function',
              function: { name: 'current_time', arguments: '{"timezone":"UTC"}' },
            },
          ],
        },
        finish_reason: 'tool_calls',
      },
    ],
  },
  'DONE',
];

/** One server that speaks as Anthropic, Gemini and OpenAI do, each on its own paths: a text, then a call. */
export async function startNativeProviders(): Promise<NativeProviders> {
  const requests: NativeRequest[] = [];
  const server = createServer((request, response) => void answer(request, response, requests));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, requests: NativeRequest[]): Promise<void> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://provider');
  const { headers } = request;
  const key =
    headers['x-api-key'] ??
    headers['x-goog-api-key'] ??
    searchParams.get('key') ??
    headers.authorization?.replace('Bearer ', '');
  requests.push({
    path: pathname,
    key: key === undefined ? undefined : String(key),
    body: JSON.parse(text || '{}') as Record<string, unknown>,
  });
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of eventsFor(pathname)) response.write(event);
  response.end();
}

function eventsFor(path: string): string[] {
  if (path.endsWith('/messages'))
    return ANTHROPIC.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  if (path.endsWith(':streamGenerateContent')) return GEMINI.map((event) => `data: ${JSON.stringify(event)}\n\n`);
  return OPENAI.map((event) => `data: ${event === 'DONE' ? '[DONE]' : JSON.stringify(event)}\n\n`);
}
