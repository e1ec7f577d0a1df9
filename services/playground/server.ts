import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { serveFile } from './cdn.ts';
import type { PlaygroundContext } from './context.ts';
import type { Controls } from './controls/controls.ts';
import { sendJson } from './http/answer.ts';
import { CONTROLS_PATH, handleControls } from './http/controls.ts';
import { hostname, refusal } from './http/guard.ts';
import { servePage } from './http/page.ts';
import { handleRest } from './rest/handler.ts';

/** One port for everything: REST below /api, the gateway's websocket, files below /cdn, the page and its controls. */
export function createPlaygroundServer(context: PlaygroundContext, controls: Controls): Server {
  const server = createServer((request, response) => {
    route(context, controls, request, response).catch((error: unknown) => {
      context.reportFault(error);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    context.gateway.upgrade(request, socket, head);
  });
  return server;
}

async function route(
  context: PlaygroundContext,
  controls: Controls,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  if (path.startsWith('/api/')) return handleRest(context, request, response);
  if (path.startsWith('/cdn/')) return serveFile(context.world, request, response);
  const refused = refusal(request, [hostname(context.url) ?? '']);
  if (refused !== undefined) return sendJson(response, 403, { error: refused });
  if (path.startsWith(CONTROLS_PATH)) return handleControls(context, controls, request, response);
  return servePage(path, response);
}
