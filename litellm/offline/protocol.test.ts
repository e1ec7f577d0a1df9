import type OpenAI from 'openai';
import { BadRequestError } from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startAsker, type Asker, type OfferedTool } from './testing.ts';

let asker: Asker;
beforeAll(async () => {
  asker = await startAsker();
});
afterAll(() => asker[Symbol.asyncDispose]());

/** A tool that no rule can know: only its own words and schema say what it is for. */
const tickets: OfferedTool = {
  wire: {
    name: 'helpdesk_list_tickets',
    description: 'Lists the open tickets of a queue of the help desk.',
    inputSchema: {
      type: 'object',
      properties: { queue: { type: 'string', description: 'The queue' }, state: { enum: ['open', 'closed'] } },
      required: ['queue'],
    },
  },
  answer: () => '{"tickets":[{"id":7,"title":"Printer on fire"},{"id":9,"title":"No coffee"}]}',
};
const queues: OfferedTool = {
  wire: { name: 'helpdesk_list_queues', description: 'Lists the queues.', inputSchema: { type: 'object' } },
  answer: () => '["hardware"]',
};

test('tools of others work by their words and schemas; one gives the argument of the next', async () => {
  const { calls, answer } = await asker.ask('Which closed tickets are there?', [tickets, queues]);
  expect(calls).toEqual([
    { name: 'helpdesk_list_queues', arguments: {} },
    { name: 'helpdesk_list_tickets', arguments: { queue: 'hardware', state: 'closed' } },
  ]);
  expect(answer).toContain('Printer on fire');
});

test('an argument that nobody can know is asked for', async () => {
  const { calls, answer } = await asker.ask('List the tickets', [tickets]);
  expect(calls).toEqual([]);
  expect(answer).toContain('- **queue**: The queue');
});

test('only the first answer of a conversation says what the model is and how to set a real one', async () => {
  const first = await asker.ask('Hello!', [tickets]);
  expect(first.answer).toMatch(/rules, not a language model.*LITELLM_API_BASE/);
  const second = await asker.ask('Hello again!', [tickets], first.messages);
  expect(second.answer).not.toContain('LITELLM_API_BASE');
});

test('told to answer, it calls nothing more', async () => {
  const { messages } = await asker.ask('List the tickets in queue hardware', [tickets]);
  const said: OpenAI.ChatCompletionMessageParam[] = [
    ...messages.slice(0, -1),
    { role: 'user', content: 'Answer now.' },
  ];
  const { choices } = await asker.client.chat.completions.create({ model: 'offline', messages: said });
  expect(choices[0]!.finish_reason).toBe('stop');
  expect(choices[0]!.message.content).toContain('Printer on fire');
});

test('what it cannot do with the tools it has, it looks for once', async () => {
  const search: OfferedTool = {
    wire: {
      name: 'find_tools',
      description: 'Finds further tools.',
      inputSchema: { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] },
    },
    answer: () => 'None.',
  };
  const { calls, answer } = await asker.ask('Which invoices are open?', [search]);
  expect(calls).toEqual([{ name: 'find_tools', arguments: { query: 'Which invoices are open?' } }]);
  expect(answer).not.toContain('None.');
});

test('tool_choice none is obeyed', async () => {
  const { choices } = await asker.client.chat.completions.create({
    model: 'offline',
    messages: [{ role: 'user', content: 'List the queues' }],
    tools: [{ type: 'function', function: { name: queues.wire.name, parameters: { type: 'object' } } }],
    tool_choice: 'none',
  });
  expect(choices[0]!.message.tool_calls).toBeUndefined();
});

test('streams piece by piece, with usage when asked for', async () => {
  const stream = await asker.client.chat.completions.create({
    model: 'offline',
    messages: [{ role: 'user', content: 'Hello!' }],
    stream: true,
    stream_options: { include_usage: true },
  });
  const pieces: string[] = [];
  let usage: OpenAI.CompletionUsage | null | undefined;
  for await (const chunk of stream) {
    pieces.push(chunk.choices[0]?.delta.content ?? '');
    usage = chunk.usage ?? usage;
  }
  const whole = await asker.client.chat.completions.create({
    model: 'offline',
    messages: [{ role: 'user', content: 'Hello!' }],
  });
  expect(pieces.length).toBeGreaterThan(5);
  expect(pieces.join('')).toBe(whole.choices[0]!.message.content);
  expect(usage).toEqual(whole.usage);
  expect(usage!.total_tokens).toBe(usage!.prompt_tokens + usage!.completion_tokens);
});

test('models, health and errors have their usual shape', async () => {
  expect((await asker.client.models.list()).data.map((model) => model.id)).toEqual(['offline']);
  const base = asker.client.baseURL;
  expect((await fetch(new URL('/healthz', base))).status).toBe(200);
  expect((await fetch(`${base}/nothing`)).status).toBe(404);
  const broken = await fetch(`${base}/chat/completions`, { method: 'POST', body: '{' });
  expect(broken.status).toBe(400);
  expect(await broken.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
  await expect(asker.client.chat.completions.create({ model: 'offline', messages: [] })).rejects.toThrow(
    BadRequestError,
  );
});
