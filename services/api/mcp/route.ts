import { createMcpHandler, type McpRequestContext } from '@modelcontextprotocol/server';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { Router } from 'express';
import { errorText } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import { createServer } from '#mcp/kit.ts';
import type { Api } from '../api.ts';
import { jsonBody } from '../http/body.ts';
import { callerOf, type ApiCaller } from '../http/caller.ts';
import { onlyMethods } from '../http/errors.ts';
import { operatorTools } from './tools.ts';

const log = createLogger('mcp');
const onerror = (error: unknown) => log.warn({ error: errorText(error) }, 'a request to the MCP server failed');

/**
 * `POST /mcp`: the operator's MCP server, in every revision that the SDK speaks, without sessions. Each request gets a
 * server of its own, whose tools have the rights of the request's key.
 */
export function mcpRoutes(api: Api): Router {
  const handler = createMcpHandler((context) => serverFor(api, callerIn(context)), { onerror });
  const handle = toNodeHandler(handler, { onerror });
  const router = Router({ caseSensitive: true });
  router
    .route('/mcp')
    .post(...jsonBody(api.config.API_MAX_BODY_BYTES), async (request, response) => {
      const auth = { token: '', clientId: callerOf(request).id, scopes: [], extra: { caller: callerOf(request) } };
      await handle(Object.assign(request, { auth }), response, request.body);
    })
    .all(onlyMethods('POST'));
  return router;
}

function serverFor(api: Api, caller: ApiCaller) {
  const tools = operatorTools.map((tool) => tool(api, caller));
  return createServer({ name: 'operator', title: 'Dragoman: operator', tools });
}

function callerIn(context: McpRequestContext): ApiCaller {
  const caller = context.authInfo?.extra?.['caller'];
  if (caller === undefined) throw new Error('the route stands behind authenticate');
  return caller as ApiCaller;
}
