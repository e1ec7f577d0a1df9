import type OpenAI from 'openai';
import type { ResponseStreamEvent } from 'openai/resources/responses/responses';
import { expect, test } from 'vitest';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { mark } from '#test/model/turn.ts';
import { startApiRig, type ApiRig } from './rig.ts';
import { serveApi } from './serve.ts';

let api: ApiRig;
const toolbox = createPlayedToolbox({
  look: { run: () => 'The answer is 42.' },
  write: { run: () => 'Written.', readOnly: false, permission: 'approve' },
  fail: { run: () => ({ outcome: 'error', content: 'It is locked.' }) },
});
const ring: OpenAI.Responses.FunctionTool = {
  type: 'function',
  name: 'ring',
  parameters: { type: 'object', properties: { who: { type: 'string' } } },
  strict: false,
};

serveApi(toolbox, (started) => void (api = started));

const client = async () => api.openai(await api.key());
async function all(stream: AsyncIterable<ResponseStreamEvent>): Promise<ResponseStreamEvent[]> {
  const events: ResponseStreamEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}
const types = (events: { type: string }[]) => events.map(({ type }) => type.replace(/^response\./, ''));
const lastMessages = () => api.rig.model.requests.at(-1)?.body.messages.slice(1) ?? [];

test('answers with a tool of the server, which is shown as one that ran there', async () => {
  api.rig.model.script('look', [
    { text: 'I look.', toolCalls: [{ name: 'look', arguments: {}, id: 'c1' }] },
    { text: 'It is 42.' },
  ]);
  const response = await (await client()).responses.create({ model: 'gpt-agent', input: mark('look', 'What is it?') });
  expect(response.output.map((item) => item.type)).toEqual(['message', 'mcp_call', 'message']);
  expect(response.output[1]).toMatchObject({ name: 'look', arguments: '{}', output: 'The answer is 42.', error: null });
  expect(response).toMatchObject({ status: 'completed', object: 'response', model: 'gpt-agent', error: null });
  expect(response.output_text).toBe('I look.It is 42.');
  expect(response.usage?.total_tokens).toBeGreaterThan(0);
});

test('streams every kind of event in its order, numbered without a gap', async () => {
  api.rig.model.script('look', [
    {
      toolCalls: [
        { name: 'look', arguments: {} },
        { name: 'fail', arguments: {} },
      ],
    },
    { text: 'It is 42.' },
  ]);
  const stream = await (
    await client()
  ).responses.create({ model: 'gpt-agent', stream: true, input: mark('look', 'What is it?') });
  const events = await all(stream);
  expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => index));
  expect(types(events).filter((type) => type !== 'output_text.delta')).toEqual([
    'created',
    'in_progress',
    'output_item.added',
    'mcp_call.in_progress',
    'mcp_call_arguments.delta',
    'mcp_call_arguments.done',
    'output_item.added',
    'mcp_call.in_progress',
    'mcp_call_arguments.delta',
    'mcp_call_arguments.done',
    'mcp_call.completed',
    'output_item.done',
    'mcp_call.failed',
    'output_item.done',
    'output_item.added',
    'content_part.added',
    'output_text.done',
    'content_part.done',
    'output_item.done',
    'completed',
  ]);
  const done = events.at(-1);
  if (done?.type !== 'response.completed') throw new Error('the stream does not end with response.completed');
  const items = events.flatMap((event) => (event.type === 'response.output_item.done' ? [event] : []));
  expect(done.response.output).toEqual(items.toSorted((a, b) => a.output_index - b.output_index).map((e) => e.item));
  const deltas = events.flatMap((event) => (event.type === 'response.output_text.delta' ? [event.delta] : []));
  expect(deltas).toEqual(['It ', 'is ', '42.']);
});

test('for clients that want it, a tool of the server is a function call with its output as parts', async () => {
  api.rig.model.script('look', [{ toolCalls: [{ name: 'look', arguments: {}, id: 'c1' }] }, { text: 'It is 42.' }]);
  const stream = await (
    await client()
  ).responses.create(
    { model: 'gpt-agent', stream: true, input: mark('look', 'What?') },
    { headers: { 'x-dragoman-server-tools': 'function_call' } },
  );
  const events = await all(stream);
  const items = events.flatMap((event) => (event.type === 'response.output_item.done' ? [event.item] : []));
  expect(items).toMatchObject([
    { type: 'function_call', name: 'look', call_id: 'c1', arguments: '{}', status: 'completed' },
    { type: 'function_call_output', call_id: 'c1', output: [{ type: 'input_text', text: 'The answer is 42.' }] },
    { type: 'message' },
  ]);
});

test("hands the client's calls over and goes on with their results, and the server's results are not lost", async () => {
  const openai = await client();
  api.rig.model.script('ring', [
    { toolCalls: [{ name: 'look', arguments: {}, id: 's0' }] },
    {
      toolCalls: [
        { name: 'look', arguments: { a: '1' }, id: 's1' },
        { name: 'ring', arguments: { who: 'Ada' }, id: 'c1' },
      ],
    },
  ]);
  const first = await openai.responses.create({ model: 'gpt-agent', tools: [ring], input: mark('ring', 'Ring Ada.') });
  const call = first.output.at(-1);
  expect(call).toMatchObject({ type: 'function_call', name: 'ring', call_id: 'c1', arguments: '{"who":"Ada"}' });
  expect(first.status).toBe('completed');
  const roles = ['user', 'assistant', 'tool', 'assistant', 'tool', 'tool'];
  const goesOn = async (body: OpenAI.Responses.ResponseCreateParamsNonStreaming) => {
    api.rig.model.reset();
    api.rig.model.enqueue({ text: 'She answers.' });
    const second = await openai.responses.create({ model: 'gpt-agent', tools: [ring], ...body });
    expect(second.output_text).toBe('She answers.');
    expect(lastMessages().map(({ role }) => role)).toEqual(roles);
    expect(lastMessages().flatMap(({ tool_call_id }) => tool_call_id ?? [])).toEqual(['s0', 's1', 'c1']);
    return second;
  };
  const output = { type: 'function_call_output' as const, call_id: 'c1', output: 'Hello?' };
  const second = await goesOn({ previous_response_id: first.id, input: [output] });
  // Clients that keep the conversation themselves send all of it, or only what they understand of it.
  const question = { role: 'user' as const, content: mark('ring', 'Ring Ada.') };
  await goesOn({ input: [question, ...first.output, output] as OpenAI.Responses.ResponseInput });
  await goesOn({ input: [question, call, output] as OpenAI.Responses.ResponseInput });
  // A third question knows all that was said.
  api.rig.model.enqueue({ text: 'Yes.' });
  await openai.responses.create({ model: 'gpt-agent', previous_response_id: second.id, input: 'And now?' });
  expect(lastMessages().map(({ role }) => role)).toEqual([...roles, 'assistant', 'user']);
});

test('what is missing or too much in a conversation is refused by name', async () => {
  const key = await api.key();
  const openai = api.openai(key);
  api.rig.model.enqueue({ toolCalls: [{ name: 'ring', arguments: {}, id: 'c1' }] });
  const first = await openai.responses.create({ model: 'gpt-agent', tools: [ring], input: 'Ring.' });
  const cases: [object, RegExp][] = [
    [{ previous_response_id: first.id, input: 'And?' }, /No tool output found for function call c1/],
    [{ input: [{ type: 'function_call_output', call_id: 'x', output: '' }] }, /No tool call found for this output: x/],
    [{ previous_response_id: 'resp_none', input: 'And?' }, /Previous response with id 'resp_none' not found/],
    [{ input: [{ role: 'user', content: [{ type: 'input_file', file_id: 'f' }] }] }, /content\[0\].*input_file/],
    [{ input: [{ type: 'computer_call', id: 'x' }] }, /input\[0\].*computer_call/],
    [{ input: 'a', tools: [{ type: 'web_search' }] }, /tools\[0\].*web_search/],
    [{ input: 'a', conversation: 'c' }, /conversation: must be left out/],
    [{ input: 'a', prompt: { id: 'p' } }, /prompt: must be left out/],
    [{ input: 'a', background: true, store: false }, /background/],
    [{ input: 'a', top_logprobs: 3 }, /top_logprobs/],
    [{ input: 'a', tool_choice: { type: 'function', name: 'nope' } }, /tool_choice: there is no tool nope/],
    [{ input: [] }, /input/],
    [{}, /input/],
  ];
  for (const [body, message] of cases) {
    const answer = await api.send('/v1/responses', { key, json: { model: 'gpt-agent', ...body } });
    const { error } = (await answer.json()) as { error: { message: string } };
    expect([answer.status, error.message]).toEqual([400, expect.stringMatching(message)]);
  }
});

test('instructions, system items and parameters reach the model; instructions are not carried over', async () => {
  const openai = await client();
  api.rig.model.enqueue({ text: '{"a":1}' }, { text: 'Next.' });
  const first = await openai.responses.create({
    model: 'gpt-agent',
    instructions: 'Speak like a pirate.',
    input: [
      { role: 'developer', content: 'Be brief.' },
      { role: 'user', content: [{ type: 'input_text', text: 'Ahoy?' }] },
    ],
    temperature: 0.5,
    max_output_tokens: 33,
    reasoning: { effort: 'low' },
    text: { format: { type: 'json_schema', name: 'a', schema: { type: 'object' } } },
    metadata: { k: 'v' },
    user: 'me',
  });
  const body = api.rig.model.requests.at(-1)?.body;
  expect(body).toMatchObject({
    temperature: 0.5,
    max_tokens: 33,
    reasoning_effort: 'low',
    response_format: { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'object' } } },
  });
  expect(body?.messages[0]?.content).toMatch(/Speak like a pirate\.\n\nBe brief\./);
  expect(first).toMatchObject({ metadata: { k: 'v' }, user: 'me', temperature: 0.5, max_output_tokens: 33 });
  expect(first.text?.format).toMatchObject({ type: 'json_schema', name: 'a' });
  await openai.responses.create({ model: 'gpt-agent', previous_response_id: first.id, input: 'More.' });
  const system = api.rig.model.requests.at(-1)?.body.messages[0]?.content;
  expect(system).toMatch(/Be brief\./);
  expect(system).not.toMatch(/pirate/);
});

test('ends as incomplete at the limit of tokens, and as failed when the model fails', async () => {
  const openai = await client();
  api.rig.model.enqueue({ text: 'Once upon', finishReason: 'length' });
  const cut = await openai.responses.create({ model: 'gpt-agent', input: 'Tell.' });
  expect(cut).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } });
  api.rig.model.fail(100, 401);
  const body = { model: 'gpt-agent', input: 'hi' };
  await expect(openai.responses.create(body)).rejects.toMatchObject({ status: 502 });
  const events = await all(await openai.responses.create({ ...body, stream: true }));
  expect(events.at(-1)).toMatchObject({ type: 'response.failed', response: { status: 'failed' } });
});

test('references to items stand for the items', async () => {
  const openai = await client();
  api.rig.model.script('look', [{ toolCalls: [{ name: 'look', arguments: {} }] }, { text: 'It is 42.' }]);
  const first = await openai.responses.create({ model: 'gpt-agent', input: mark('look', 'What is it?') });
  api.rig.model.reset();
  api.rig.model.enqueue({ text: 'Yes.' });
  const references = first.output.map(({ id }) => ({ type: 'item_reference' as const, id: id ?? '' }));
  const input = [
    { role: 'user' as const, content: 'What is it?' },
    ...references,
    { role: 'user' as const, content: 'Sure?' },
  ];
  await openai.responses.create({ model: 'gpt-agent', input });
  expect(lastMessages().map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant', 'user']);
  const wrong = await openai.responses
    .create({ model: 'gpt-agent', input: [{ type: 'item_reference', id: 'msg_none_0' }] })
    .catch((error: unknown) => error);
  expect(wrong).toMatchObject({ status: 404, message: expect.stringMatching(/msg_none_0/) });
});

test("functions in a namespace are the client's; a search beside them is left out, and said", async () => {
  const key = await api.key();
  const inner = { type: 'function', name: 'spawn', parameters: { type: 'object' } };
  const tools = [
    ring,
    { type: 'namespace', name: 'agents', description: 'Others.', tools: [inner] },
    { type: 'web_search' },
  ];
  const ask = async (body: object) =>
    (await (
      await api.send('/v1/responses', { key, json: { model: 'gpt-agent', tools, ...body } })
    ).json()) as OpenAI.Responses.Response;
  api.rig.model.enqueue(
    { toolCalls: [{ name: 'agents__spawn', arguments: { a: '1' }, id: 'c1' }] },
    { text: 'Spawned.' },
  );
  const first = await ask({ input: 'Spawn.' });
  expect(first.output).toMatchObject([{ type: 'function_call', name: 'spawn', namespace: 'agents', call_id: 'c1' }]);
  expect(first).toMatchObject({ dragoman: { tools_left_out: ['web_search'] } });
  expect(first.tools.map(({ type }) => type)).toEqual(['function', 'namespace']);
  const second = await ask({
    input: [
      { role: 'user', content: 'Spawn.' },
      ...first.output,
      { type: 'function_call_output', call_id: 'c1', output: 'ok' },
    ],
  });
  expect(second.output).toMatchObject([{ content: [{ text: 'Spawned.' }] }]);
  expect(lastMessages()[1]?.tool_calls?.[0]?.function.name).toBe('agents__spawn');
});

test('a program that can ask nobody is not offered what needs a yes', async () => {
  const offered = async (headers: Record<string, string>, body: object = {}) => {
    api.rig.model.enqueue({ text: 'Hi.' });
    const json = { model: 'gpt-agent', input: 'Hi', ...body };
    await (await api.send('/v1/responses', { key: await api.key(), json, headers })).text();
    return (api.rig.model.requests.at(-1)?.body.tools ?? []).map((tool) => tool.function.name);
  };
  expect(await offered({})).toContain('write');
  expect(await offered({ 'x-dragoman-approvals': 'off' })).not.toContain('write');
  expect(await offered({}, { dragoman: { approvals: false } })).not.toContain('write');
});

test('with truncation the oldest goes; without it, what is too long is refused', async () => {
  await using small = await startApiRig({ api: { API_MAX_TEXT_CHARS: 1_000 } });
  await using _ = await small.rig.worker({ toolbox });
  const openai = small.openai(await small.key());
  const input = ['a', 'b', 'c'].flatMap((letter) => [
    { role: 'user' as const, content: letter.repeat(400) },
    { role: 'assistant' as const, content: 'ok' },
  ]);
  const body = { model: 'gpt-agent', input: [...input, { role: 'user' as const, content: 'And now?' }] };
  await expect(openai.responses.create(body)).rejects.toMatchObject({ status: 400, code: 'context_length_exceeded' });
  small.rig.model.enqueue({ text: 'Now.' });
  await openai.responses.create({ ...body, truncation: 'auto' });
  const sent = small.rig.model.requests.at(-1)?.body.messages.slice(1) ?? [];
  expect(sent.map(({ content }) => (typeof content === 'string' ? content[0] : ''))).toEqual(['b', 'o', 'c', 'o', 'A']);
});
