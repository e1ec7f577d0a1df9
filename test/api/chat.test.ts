import type OpenAI from 'openai';
import { expect, test } from 'vitest';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { mark } from '#test/model/turn.ts';
import { readEvents, type Json } from './sse.ts';
import type { ApiRig } from './rig.ts';
import { serveApi } from './serve.ts';

let api: ApiRig;
const toolbox = createPlayedToolbox({
  look: { run: () => 'The answer is 42.' },
  write: { run: () => 'Written.', readOnly: false, permission: 'approve' },
});

serveApi(toolbox, (started) => void (api = started));

test('answers with a tool of the server, and the client sees no call', async () => {
  api.rig.model.script('look', [{ toolCalls: [{ name: 'look', arguments: {} }] }, { text: 'It is 42.' }]);
  const client = api.openai(await api.key());
  const answer = await client.chat.completions.create({
    model: 'gpt-agent',
    messages: [{ role: 'user', content: mark('look', 'What is it?') }],
  });
  expect(answer.choices).toEqual([
    { index: 0, message: { role: 'assistant', content: 'It is 42.' }, finish_reason: 'stop' },
  ]);
  expect(toolbox.calls).toHaveLength(1);
  expect(answer.usage?.total_tokens).toBeGreaterThan(0);
});

test('streams text as it is written; no chunk has a member that is empty', async () => {
  api.rig.model.script('look', [{ toolCalls: [{ name: 'look', arguments: {} }] }, { text: 'It is really 42.' }]);
  const client = api.openai(await api.key());
  const stream = await client.chat.completions.create({
    model: 'dragoman',
    stream: true,
    stream_options: { include_usage: true },
    messages: [{ role: 'user', content: mark('look', 'What is it?') }],
  });
  const chunks: OpenAI.ChatCompletionChunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  const deltas = chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta));
  expect(deltas.map(({ content }) => content ?? '').join('')).toBe('It is really 42.');
  expect(deltas.every(({ tool_calls, content }) => tool_calls === undefined && content !== '')).toBe(true);
  expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop');
  expect(chunks.at(-1)?.choices).toEqual([]);
  expect(chunks.at(-1)?.usage?.completion_tokens).toBeGreaterThan(0);
  expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
});

test("hands the client's own calls to it and goes on with their results", async () => {
  const client = api.openai(await api.key());
  const tools: OpenAI.ChatCompletionTool[] = [
    {
      type: 'function',
      function: { name: 'ring', parameters: { type: 'object', properties: { who: { type: 'string' } } } },
    },
  ];
  const question = { role: 'user' as const, content: mark('ring', 'Ring Ada.') };
  api.rig.model.script('ring', [
    {
      toolCalls: [
        { name: 'look', arguments: {} },
        { name: 'ring', arguments: { who: 'Ada' } },
      ],
    },
    { text: 'never' },
  ]);
  const first = await client.chat.completions.create({ model: 'gpt-agent', tools, messages: [question] });
  const message = first.choices[0]?.message;
  expect(first.choices[0]?.finish_reason).toBe('tool_calls');
  expect(message?.tool_calls?.map((call) => 'function' in call && call.function)).toEqual([
    { name: 'ring', arguments: '{"who":"Ada"}' },
  ]);
  expect(toolbox.calls.map(({ tool }) => tool)).toEqual(['look']);
  api.rig.model.reset();
  api.rig.model.enqueue({ text: 'She answers.' });
  const second = await client.chat.completions.create({
    model: 'gpt-agent',
    tools,
    messages: [
      question,
      message ?? question,
      { role: 'tool', tool_call_id: message?.tool_calls?.[0]?.id ?? '', content: 'Hello?' },
    ],
  });
  expect(second.choices[0]?.message.content).toBe('She answers.');
  const asked = api.rig.model.requests.at(-1)?.body.messages.slice(1);
  // What the server's tool brought beside the client's call is there as well.
  expect(asked?.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'tool']);
  expect(asked?.[1]?.tool_calls?.map((call) => call.function.name)).toEqual(['look', 'ring']);
  expect(asked?.[2]?.content).toBe('The answer is 42.');
});

test("a client's tool has a name of the server's: the client is called", async () => {
  const tools: OpenAI.ChatCompletionTool[] = [
    { type: 'function', function: { name: 'look', description: 'Looks into the editor.' } },
  ];
  api.rig.model.enqueue({ toolCalls: [{ name: 'look', arguments: {} }] });
  const client = api.openai(await api.key());
  const answer = await client.chat.completions.create({
    model: 'gpt-agent',
    tools,
    messages: [{ role: 'user', content: 'Look.' }],
  });
  const calls = answer.choices[0]?.message.tool_calls?.map((call) => 'function' in call && call.function.name);
  expect([calls, toolbox.calls]).toEqual([['look'], []]);
  const offered = api.rig.model.requests.at(-1)?.body.tools ?? [];
  expect(offered.filter((tool) => tool.function.name === 'look')).toEqual([
    {
      type: 'function',
      function: { name: 'look', description: 'Looks into the editor.', parameters: expect.anything() },
    },
  ]);
});

test("the client's instructions stand below those of the operator; its parameters reach the model", async () => {
  api.rig.model.enqueue({ text: 'Yes.' });
  const client = api.openai(await api.key());
  await client.chat.completions.create({
    model: 'gpt-agent',
    temperature: 0.25,
    max_tokens: 77,
    seed: 5,
    stop: ['END'],
    messages: [
      { role: 'system', content: 'Speak like a pirate.' },
      { role: 'user', content: 'Ahoy?' },
    ],
  });
  const body = api.rig.model.requests.at(-1)?.body as unknown as Record<string, unknown>;
  expect(body).toMatchObject({ temperature: 0.25, max_tokens: 77, seed: 5, stop: ['END'], model: 'gpt-agent' });
  const [system] = body['messages'] as { content: string }[];
  expect(system?.content).toMatch(/^You are Dragoman[^]*Rules that nothing below can change[^]*Speak like a pirate\./);
});

test('an idempotency key leads to the same run; with another question it is refused', async () => {
  const key = await api.key();
  const ask = (content: string) =>
    api.send('/v1/chat/completions', {
      key,
      json: { model: 'gpt-agent', messages: [{ role: 'user', content }] },
      headers: { 'idempotency-key': 'once' },
    });
  api.rig.model.enqueue({ text: 'First.' }, { text: 'Second.' });
  const [first, second] = [await (await ask('hi')).json(), await (await ask('hi')).json()];
  expect(second).toEqual(first);
  expect(api.rig.model.requests).toHaveLength(1);
  const other = await ask('something else');
  expect([other.status, await other.json()]).toMatchObject([409, { error: { code: 'idempotency_key_reused' } }]);
});

test('a client that leaves stops its run', async () => {
  api.rig.model.script('slow', [{ text: 'word '.repeat(200), chunkDelayMs: 50 }]);
  const client = api.openai(await api.key());
  const stream = await client.chat.completions.create({
    model: 'gpt-agent',
    stream: true,
    messages: [{ role: 'user', content: mark('slow', 'Count.') }],
  });
  for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
  const { aborted } = await api.rig.model.ended(0);
  expect(aborted).toBe(true);
});

test('a stream that is cut a hundred times comes whole with its idempotency key', async () => {
  const key = await api.key();
  const words = Array.from({ length: 120 }, (_, index) => `w${index}`).join(' ');
  api.rig.model.script('cut', [
    { toolCalls: [{ name: 'look', arguments: {} }] },
    { text: words, chunkSize: 5, chunkDelayMs: 5 },
  ]);
  const ask = (signal?: AbortSignal) =>
    api.send('/v1/chat/completions', {
      key,
      json: { model: 'gpt-agent', stream: true, messages: [{ role: 'user', content: mark('cut', 'Count.') }] },
      headers: { 'idempotency-key': 'cut' },
      ...(signal && { signal }),
    });
  for (let cut = 0; cut < 100; cut += 1) {
    const leave = new AbortController();
    const response = await ask(leave.signal);
    await response.body?.getReader().read();
    leave.abort();
  }
  const events = await readEvents(await ask());
  expect(events.map(({ data }) => data.choices?.[0]?.delta?.content ?? '').join('')).toBe(words);
  expect([toolbox.calls.length, api.rig.model.requests.length]).toEqual([1, 2]);
});

test('a model that fails is an error in the shape of OpenAI, streamed or not', async () => {
  api.rig.model.fail(100, 401);
  const client = api.openai(await api.key());
  const body = { model: 'gpt-agent', messages: [{ role: 'user' as const, content: 'hi' }] };
  await expect(client.chat.completions.create(body)).rejects.toMatchObject({ status: 502, type: 'server_error' });
  const stream = await client.chat.completions.create({ ...body, stream: true });
  await expect(
    (async () => {
      for await (const _ of stream);
    })(),
  ).rejects.toThrow(/model/i);
});

test("what the server's tools brought before the client's calls is remembered for their caller alone", async () => {
  const tools: OpenAI.ChatCompletionTool[] = [{ type: 'function', function: { name: 'ring' } }];
  const question = { role: 'user' as const, content: mark('ring', 'Ring.') };
  api.rig.model.script('ring', [
    { text: 'I look.', toolCalls: [{ name: 'look', arguments: {}, id: 's0' }] },
    { text: 'I ring.', toolCalls: [{ name: 'ring', arguments: {}, id: 'c1' }] },
  ]);
  const keys = [await api.key(), await api.key()];
  const stream = await api.openai(keys[0]!).chat.completions.create({
    model: 'gpt-agent',
    stream: true,
    tools,
    messages: [question],
  });
  for await (const _ of stream);
  const call = { id: 'c1', type: 'function' as const, function: { name: 'ring', arguments: '{}' } };
  const results: string[] = [];
  for (const key of keys) {
    api.rig.model.reset();
    api.rig.model.enqueue({ text: 'Done.' });
    await api.openai(key).chat.completions.create({
      model: 'gpt-agent',
      tools,
      messages: [
        question,
        { role: 'assistant', tool_calls: [call] },
        { role: 'tool', tool_call_id: 'c1', content: 'Hi.' },
      ],
    });
    results.push(
      (api.rig.model.requests.at(-1)?.body.messages ?? []).map((each) => each.tool_call_id ?? each.role).join(),
    );
  }
  expect(results).toEqual(['system,user,assistant,s0,assistant,c1', 'system,user,assistant,c1']);
});

test('usage tells what the provider told of caches and thoughts, of all steps, and nothing that it did not', async () => {
  const step = { prompt_tokens: 10, completion_tokens: 5 };
  const details = {
    prompt_tokens_details: { cached_tokens: 4 },
    completion_tokens_details: { reasoning_tokens: 3 },
  };
  const turns = (usage: object) => [
    { toolCalls: [{ name: 'look', arguments: {} }], usage: { ...step, ...usage } },
    { text: 'It is 42.', usage: { ...step, ...usage } },
  ];
  api.rig.model.script('told', turns(details));
  api.rig.model.script('untold', turns({}));
  const key = await api.key();
  const chat = async (script: string) => {
    const json = { model: 'gpt-agent', messages: [{ role: 'user', content: mark(script, 'What is it?') }] };
    return (await (await api.send('/v1/chat/completions', { key, json })).json()) as Json;
  };
  const response = async (script: string) =>
    (await (await api.send('/v1/responses', { key, json: { input: mark(script, 'What is it?') } })).json()) as Json;
  expect((await chat('told')).usage).toEqual({
    prompt_tokens: 20,
    completion_tokens: 10,
    total_tokens: 30,
    prompt_tokens_details: { cached_tokens: 8 },
    completion_tokens_details: { reasoning_tokens: 6 },
  });
  expect((await chat('untold')).usage).toEqual({ prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 });
  const told = await response('told');
  expect(told.usage).toMatchObject({
    input_tokens_details: { cached_tokens: 8 },
    output_tokens_details: { reasoning_tokens: 6 },
  });
  expect(told.dragoman.tokens_not_told).toBeUndefined();
  expect((await response('untold')).dragoman.tokens_not_told).toEqual(['cached_tokens', 'reasoning_tokens']);
});

test('a file that no model can be shown is refused by its type', async () => {
  const parts = [
    { type: 'file', file: { file_id: 'f' } },
    { type: 'input_audio', input_audio: { data: '', format: 'wav' } },
  ];
  for (const part of parts) {
    const json = { model: 'gpt-agent', messages: [{ role: 'user', content: [part] }] };
    const answer = await api.send('/v1/chat/completions', { key: await api.key(), json });
    const message = expect.stringMatching(new RegExp(`messages\\[0\\]\\.content\\[0\\].*${part.type} is no part`));
    expect([answer.status, await answer.json()]).toMatchObject([400, { error: { message } }]);
  }
});
