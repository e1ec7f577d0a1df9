import { z } from 'zod';
import { embeddingsSchema } from '../embeddings/route.ts';
import { itemsQuery } from '../responses/input-items.ts';
import { responseQuery } from '../responses/route.ts';
import { responsesSchema } from '../responses/schema.ts';
import { uiChatSchema } from '../ui/schema.ts';
import { response } from './answers.ts';
import { idempotency, json, listOf, sse, type Operation } from './operation.ts';

/** Routes of the other protocols: Responses, embeddings, AI SDK's UI message stream. */
export const protocolOperations: Operation[] = [
  {
    method: 'post',
    path: '/v1/responses',
    tag: 'Chat',
    summary: "The Responses protocol, with the server's tools",
    description:
      "Items are entries of a run's journal. With `background` the run goes on when the client leaves. " +
      'A question to a human (`mcp_approval_request`) ends the response unless it is in the background; ' +
      '`mcp_approval_response` in the next request goes on with it.',
    headers: {
      ...idempotency,
      'x-dragoman-server-tools': 'How tools that run here are shown: `mcp_call` (the default) or `function_call`.',
      'x-dragoman-approvals':
        '`off`: nobody can be asked; tools that want a yes are not offered. `text`: an answer says in words what waits for a yes; `yes`, `no` or `continue` as the next message goes on.',
    },
    body: responsesSchema,
    answer: response,
    types: [json, sse],
  },
  {
    method: 'get',
    path: '/v1/responses/:id',
    tag: 'Chat',
    summary: 'A response as it stands, or its events',
    description: 'With `stream=true` its events, from the one behind `starting_after` on, to its end.',
    query: responseQuery,
    answer: response,
    types: [json, sse],
  },
  {
    method: 'delete',
    path: '/v1/responses/:id',
    tag: 'Chat',
    summary: 'Delete a response that has ended, with its run',
    answer: z.object({ id: z.string(), object: z.literal('response'), deleted: z.literal(true) }),
  },
  { method: 'post', path: '/v1/responses/:id/cancel', tag: 'Chat', summary: 'Stop a response', answer: response },
  {
    method: 'get',
    path: '/v1/responses/:id/input_items',
    tag: 'Chat',
    summary: 'What a response was asked with',
    query: itemsQuery,
    answer: listOf().extend({ first_id: z.string().nullable(), last_id: z.string().nullable() }),
  },
  {
    method: 'post',
    path: '/v1/embeddings',
    tag: 'Chat',
    summary: 'Embeddings, passed through to the model gateway',
    body: embeddingsSchema,
    answer: z.looseObject({ object: z.literal('list'), data: z.array(z.unknown()) }),
  },
  {
    method: 'post',
    path: '/api/chat',
    tag: 'Chat',
    summary: "AI SDK's UI message stream, for pages made with useChat",
    headers: idempotency,
    body: uiChatSchema,
    types: [sse],
  },
  {
    method: 'get',
    path: '/api/chat/:id/stream',
    tag: 'Chat',
    summary: 'The stream of the answer that is under way in a chat; 204 when none is',
    types: [sse],
  },
  {
    method: 'delete',
    path: '/api/chat/:id/stream',
    tag: 'Chat',
    summary: 'Stop the answer that is under way in a chat',
    answer: z.object({ id: z.string(), object: z.literal('run.cancel'), state: z.string() }),
  },
];
