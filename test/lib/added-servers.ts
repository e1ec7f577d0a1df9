import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { CallToolRequestSchema, isInitializeRequest, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';

/** An MCP server as other people write them, with SDK 1.x. It has one tool, `shout`, which takes `{ text: string }`. */
export interface AddedServer extends AsyncDisposable {
  url: string;
}

/** Serves streamable HTTP with sessions. Refuses clients that do not send `authorization`. */
export async function startHttpServer(authorization: string): Promise<AddedServer> {
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  return listening('/mcp', async (request, response) => {
    if (request.headers.authorization !== authorization) return void response.writeHead(401).end();
    const body = request.method === 'POST' ? await readJson(request) : undefined;
    const known = sessions.get(String(request.headers['mcp-session-id']));
    if (known) return known.handleRequest(request, response, body);
    if (!isInitializeRequest(body)) return void response.writeHead(400).end('no session');
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void sessions.set(id, transport),
    });
    await shouter('over http').connect(transport);
    return transport.handleRequest(request, response, body);
  });
}

/** Serves the older transport: a stream of events, and messages in requests of their own. */
export async function startSseServer(): Promise<AddedServer> {
  const streams = new Map<string, SSEServerTransport>();
  return listening('/sse', async (request, response) => {
    if (request.method === 'GET') {
      const transport = new SSEServerTransport('/messages', response);
      streams.set(transport.sessionId, transport);
      return shouter('over sse').connect(transport);
    }
    const session = new URL(request.url ?? '', 'http://localhost').searchParams.get('sessionId') ?? '';
    const stream = streams.get(session);
    if (!stream) return void response.writeHead(404).end();
    return stream.handlePostMessage(request, response);
  });
}

function shouter(how: string): Server {
  const server = new Server({ name: 'shouter', version: '1.0.0' }, { capabilities: { tools: {} } });
  const inputSchema = { type: 'object' as const, properties: { text: { type: 'string' } }, required: ['text'] };
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: [{ name: 'shout', description: 'Says a text in capitals.', inputSchema }],
  }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }) => ({
    content: [{ type: 'text', text: `${String(params.arguments?.['text']).toUpperCase()} ${how}` }],
  }));
  return server;
}

async function listening(
  path: string,
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<AddedServer> {
  const server: HttpServer = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return JSON.parse(text) as unknown;
}
