import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  createMcpHandler,
  type AuthInfo,
  type McpHttpHandler,
  type McpRequestContext,
  type Server,
} from '@modelcontextprotocol/server';
import { toNodeHandler, type NodeIncomingMessageLike } from '@modelcontextprotocol/node';
import { OFFERING_META, PROMPTS_META } from '#shared/ground/tool-meta.ts';
import { createServer, type ToolSource } from '#mcp/kit.ts';
import { ResourceRefused, type DomainResource } from '#mcp/resources.ts';
import type { Backend } from './backend.ts';
import { guardTool, type CallRequest, type CallRules } from './calls.ts';
import { protocolProblem } from './events.ts';
import { answerLeanCall, readLeanCall } from './lean.ts';
import { serverTiming } from './server-timing.ts';

/** Answers MCP requests that passed the guard, in every revision that the SDK speaks. */
export interface Protocol extends AsyncDisposable {
  /** A server for one connection of an older transport. */
  serverFor(call: CallRequest): Server;
  /** Answers the request whose body is `body`; rejects only because of a defect of ours. */
  handle(request: IncomingMessage, response: ServerResponse, body: unknown, call: CallRequest): Promise<void>;
}

/** The `auth` in which a request carries its caller to the server that is made for it. */
function carryCall(call: CallRequest): AuthInfo {
  return { token: '', clientId: call.grant.subject, scopes: [], extra: { call } };
}

/**
 * Serves 2026-07-28 and, statelessly, the older revisions that start with `initialize`. Every request gets a server of
 * its own, because servers that clients share have leaked answers between them (CVE-2026-25536).
 */
export function createProtocol(backend: Backend, rules: CallRules): Protocol {
  const handler = createMcpHandler((context) => serverFor(callOf(context), backend, rules), {
    onerror: protocolProblem,
  });
  const handle = toNodeHandler(withServerTiming(handler), { onerror: protocolProblem });
  return {
    serverFor: (call) => serverFor(call, backend, rules),
    handle(request, response, body, call) {
      const lean = readLeanCall(request, body);
      if (lean) return answerLeanCall(lean, call, sourceFor(call, backend, rules), lister(call, backend), response);
      return handle(Object.assign(request, { auth: carryCall(call) }) as NodeIncomingMessageLike, response, body);
    },
    [Symbol.asyncDispose]: () => handler.close(),
  };
}

function serverFor(call: CallRequest, backend: Backend, rules: CallRules) {
  return createServer(sourceFor(call, backend, rules), { lists: lister(call, backend) });
}

/** The backend's tools as this caller may call them. */
function sourceFor(call: CallRequest, backend: Backend, rules: CallRules): ToolSource {
  const tools = async () => (await backend.tools()).map((served) => guardTool(served, call, rules));
  const { name, title, offering } = backend;
  const listMeta = async () => ({
    ...(offering && { [OFFERING_META]: offering }),
    ...(backend.prompts && { [PROMPTS_META]: await backend.prompts() }),
  });
  const resources = backend.resources?.map((resource) => guardResource(resource, call));
  return { name, title, tools, resources, ...((backend.prompts || offering) && { listMeta }) };
}

/** The resource as this caller may read it: by the policy of the tool that it goes with. */
function guardResource(resource: DomainResource, { grant }: CallRequest): DomainResource {
  return {
    ...resource,
    read: async () => {
      const why = grant.refusal(resource.like, {});
      if (why !== undefined) throw new ResourceRefused(why);
      return resource.read();
    },
  };
}

/** The policy uses catalogue names, while the list uses the names that callers use. */
function lister(call: CallRequest, backend: Backend): (tool: string) => boolean {
  return (tool) => call.grant.lists(backend.catalogueName(tool));
}

function callOf(context: McpRequestContext): CallRequest {
  const call = context.authInfo?.extra?.['call'];
  if (call === undefined) throw new Error('a request came past the guard');
  return call as CallRequest;
}

/** Tells the worker which part of the time the backend took, so that it knows our own part. */
function withServerTiming(handler: McpHttpHandler): Pick<McpHttpHandler, 'fetch'> {
  return {
    async fetch(request, options) {
      const response = await handler.fetch(request, options);
      const call = options?.authInfo?.extra?.['call'] as CallRequest | undefined;
      // The headers of a stream are sent before the call has ended.
      const complete = response.headers.get('content-type') === 'application/json';
      if (complete && call?.called === true) response.headers.set('server-timing', serverTiming(call));
      return response;
    },
  };
}
