import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';

/** A third-party MCP server that answers calls of its tool `act` with a text that the test gives. */

export type OddTransport = 'stdio' | 'http' | 'http-stream' | 'sse';

interface Message {
  id?: number;
  method: string;
}

/** Makes a reply. `answer` is what it sends for a call; `<id>` stands for the request's id. */
function reply({ id, method }: Message, answer: string): string | undefined {
  if (id === undefined) return undefined;
  if (method === 'tools/call') return answer.replaceAll('<id>', String(id));
  const body = method in usual ? { result: usual[method] } : { error: { code: -32_601, message: 'unknown' } };
  return JSON.stringify({ jsonrpc: '2.0', id, ...body });
}

const usual: Record<string, unknown> = {
  initialize: { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: { name: 'odd', version: '1' } },
  'tools/list': { tools: [{ name: 'act', inputSchema: { type: 'object' } }] },
};

export interface OddServer extends AsyncDisposable {
  url: string;
  /** How often the tool was called. */
  calls: number;
}

export async function startOddServer(transport: Exclude<OddTransport, 'stdio'>, answer: string): Promise<OddServer> {
  let stream: NodeJS.WritableStream | undefined;
  const http = createServer((request, response) => {
    if (request.method === 'GET' && transport !== 'sse') return void response.writeHead(405).end();
    if (request.method === 'GET') {
      stream = response.writeHead(200, { 'content-type': 'text/event-stream' });
      return void stream.write('event: endpoint\ndata: /messages\n\n');
    }
    let text = '';
    request.on('data', (chunk) => (text += String(chunk)));
    request.on('end', () => {
      const message = JSON.parse(text) as Message;
      if (message.method === 'tools/call') state.calls += 1;
      const said = reply(message, answer);
      const event = said === undefined ? '' : `event: message\n${said.replaceAll(/^/gm, 'data: ')}\n\n`;
      if (said === undefined) return void response.writeHead(202).end();
      if (transport === 'http') return void response.writeHead(200, { 'content-type': 'application/json' }).end(said);
      if (transport === 'http-stream')
        return void response.writeHead(200, { 'content-type': 'text/event-stream' }).write(event);
      response.writeHead(202).end();
      stream?.write(event);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const state: OddServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`,
    calls: 0,
    async [Symbol.asyncDispose]() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
  return state;
}

// As a child process, it answers with its argument.
if (import.meta.main) {
  createInterface({ input: process.stdin }).on('line', (line) => {
    const said = reply(JSON.parse(line) as Message, process.argv[2] ?? '');
    if (said !== undefined) process.stdout.write(`${said}\n`);
  });
}
