import { z } from 'zod';
import { chatSchema } from '../chat/schema.ts';
import { talkSchema } from '../sessions/route.ts';
import { completion } from './answers.ts';
import { idempotency, json, listOf, sse, type Operation } from './operation.ts';

const model = z.object({ id: z.string(), object: z.literal('model'), created: z.number(), owned_by: z.string() });

/** Routes that ask something. */
export const askingOperations: Operation[] = [
  {
    method: 'get',
    path: '/v1/models',
    tag: 'Chat',
    summary: 'Names of models that this key may ask for',
    description: 'A name that ends in `-without-tools` is the model alone: no tools, no run.',
    answer: listOf(model),
  },
  {
    method: 'get',
    path: '/v1/models/:model',
    tag: 'Chat',
    summary: 'One of these names',
    answer: model,
  },
  {
    method: 'post',
    path: '/v1/chat/completions',
    tag: 'Chat',
    summary: "OpenAI's chat completions, with the server's tools",
    description:
      'Tools of the server are called here and never shown as calls. Calls of your own `tools` end the answer with ' +
      '`tool_calls`; ask again with their results. `dragoman` holds what only this server knows.',
    headers: {
      ...idempotency,
      'x-dragoman-approvals':
        '`off`: nobody can be asked; tools that want a yes are not offered. `text`: an answer says in words what waits for a yes; `yes`, `no` or `continue` as the next message goes on.',
    },
    body: chatSchema,
    answer: completion,
    types: [json, sse],
  },
  {
    method: 'post',
    path: '/chat',
    tag: 'Sessions',
    summary: 'Say something in a session, or begin one',
    description:
      'With `Accept: text/event-stream` the answer is streamed: events `session`, `text`, `restarted`, `tool`, then ' +
      '`done` or `error`.',
    headers: idempotency,
    body: talkSchema,
    answer: z.object({ response: z.string(), session_id: z.string(), run: z.string() }),
    types: [json, sse],
  },
  {
    method: 'get',
    path: '/chat/:session',
    tag: 'Sessions',
    summary: 'The messages of a session',
    answer: z.object({
      session_id: z.string(),
      messages: z.array(z.object({ role: z.enum(['user', 'assistant']), content: z.string() })),
      pending: z.number(),
    }),
  },
  {
    method: 'delete',
    path: '/chat/:session',
    tag: 'Sessions',
    summary: 'Forget a session',
    answer: z.object({ session_id: z.string(), deleted: z.literal(true) }),
  },
];
