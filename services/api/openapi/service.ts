import { z } from 'zod';
import { json, sse, type Operation } from './operation.ts';

const status = z.object({ status: z.literal('ok') });

/** Routes about the server itself. */
export const serviceOperations: Operation[] = [
  {
    method: 'get',
    path: '/v1/capabilities',
    tag: 'Service',
    summary: 'What this server can do, and who you are to it',
    answer: z.looseObject({ object: z.literal('capabilities'), version: z.string() }),
  },
  {
    method: 'post',
    path: '/mcp',
    tag: 'Service',
    summary: "The operator's MCP server: failed runs, replays, approvals, usage",
    description:
      'MCP over streamable HTTP, 2026-07-28 and older revisions without sessions. Same keys, rights and audit log.',
    body: z.looseObject({ jsonrpc: z.literal('2.0'), method: z.string() }),
    types: [json, sse],
  },
  {
    method: 'get',
    path: '/',
    tag: 'Service',
    summary: 'A greeting: a page for browsers, JSON for programs',
    open: true,
    answer: z.object({ message: z.string() }),
    types: [json, 'text/html'],
  },
  { method: 'get', path: '/openapi.json', tag: 'Service', summary: 'This description', open: true },
  {
    method: 'get',
    path: '/docs',
    tag: 'Service',
    summary: 'This description as a page',
    open: true,
    types: ['text/html'],
  },
  { method: 'get', path: '/healthz', tag: 'Service', summary: 'It runs', open: true, answer: status },
  { method: 'get', path: '/health', tag: 'Service', summary: 'The same as /healthz', open: true, answer: status },
  {
    method: 'get',
    path: '/readyz',
    tag: 'Service',
    summary: 'It can answer; 503 when Redis or the model gateway is away',
    open: true,
    answer: z.object({ ready: z.boolean() }),
  },
];
