import { z } from 'zod';
import { embeddingsSchema } from '../embeddings/route.ts';
import { itemsQuery } from '../responses/input-items.ts';
import { getQuery } from '../responses/route.ts';
import { responsesSchema } from '../responses/schema.ts';
import { uiChatSchema } from '../ui/schema.ts';
import { idempotency, json, listOf, sse, type Operation } from './operation.ts';

const response = z.looseObject({
  id: z.string(),
  object: z.literal('response'),
  status: z.enum(['queued', 'in_progress', 'completed', 'incomplete', 'failed', 'cancelled']),
  output: z.array(z.looseObject({ type: z.string(), id: z.string() })),
});
const headers = {
  ...idempotency,
  'x-dragoman-server-tools': 'How tools that run here are shown: `mcp_call` (the default) or `function_call`.',
  'x-dragoman-approvals': '`off`: nobody can be asked; tools that want a yes are not offered.',
};

/** Routes of the Responses protocol, of pages made with AI SDK, and embeddings. */
export const respondingOperations: Operation[] = [
  {
    method: 'post',
    path: '/v1/responses',
    tag: 'Chat',
    summary: "OpenAI's Responses, with the server's tools",
    description:
      'A question to a human (`mcp_approval_request`) ends the response unless it is in the background; ' +
      '`mcp_approval_response` in the next request goes on with it.',
    headers,
    body: responsesSchema,
    answer: response,
    types: [json, sse],
  },
  {
    method: 'get',
    path: '/v1/responses/:id',
    tag: 'Chat',
    summary: 'A response, or its events after one of them',
    query: getQuery,
    answer: response,
    types: [json, sse],
  },
  {
    method: 'delete',
    path: '/v1/responses/:id',
    tag: 'Chat',
    summary: 'Forget a response that has ended, and its run',
    answer: z.object({ id: z.string(), object: z.literal('response'), deleted: z.literal(true) }),
  },
  { method: 'post', path: '/v1/responses/:id/cancel', tag: 'Chat', summary: 'Stop a response', answer: response },
  {
    method: 'get',
    path: '/v1/responses/:id/input_items',
    tag: 'Chat',
    summary: 'What was asked',
    query: itemsQuery,
    answer: listOf(),
  },
  {
    method: 'post',
    path: '/v1/embeddings',
    tag: 'Chat',
    summary: 'Embeddings, passed through to the gateway',
    body: embeddingsSchema,
    answer: listOf(),
  },
  {
    method: 'post',
    path: '/api/chat',
    tag: 'Chat',
    summary: "AI SDK's UI message stream, for pages made with `useChat`",
    description: 'Closing the page does not stop the answer: it can be resumed.',
    headers: idempotency,
    body: uiChatSchema,
    types: [sse],
  },
  {
    method: 'get',
    path: '/api/chat/:id/stream',
    tag: 'Chat',
    summary: 'The answer under way in a chat, from its beginning; 204 when there is none',
    types: [sse],
  },
  {
    method: 'delete',
    path: '/api/chat/:id/stream',
    tag: 'Chat',
    summary: 'Stop the answer under way in a chat',
    answer: z.object({ id: z.string(), object: z.literal('run.cancel'), state: z.string() }),
  },
];
