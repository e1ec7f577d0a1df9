import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import type { Turn } from '#test/model/turn.ts';
import { eventSchema, responseSchema } from './open-responses.ts';
import { startApiRig, type ApiRig } from './rig.ts';
import { readEvents } from './sse.ts';

// The cases of the compliance runner of Open Responses, all that its repository has (src/lib/compliance-tests.ts).
let api: ApiRig;
let worker: AsyncDisposable;
let key: string;
beforeAll(async () => {
  api = await startApiRig();
  worker = await api.rig.worker({ toolbox: createPlayedToolbox({}) });
  key = await api.key();
});
afterAll(async () => {
  await worker[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});

const said = (role: string, content: unknown) => ({ type: 'message', role, content });
const weather = {
  input: [said('user', "What's the weather like in San Francisco?")],
  tools: [
    {
      type: 'function',
      name: 'get_weather',
      description: 'Get the current weather for a location',
      parameters: { type: 'object', properties: { location: { type: 'string' } }, required: ['location'] },
    },
  ],
};
const red =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
const call: Turn = { toolCalls: [{ name: 'get_weather', arguments: { location: 'San Francisco, CA' } }] };
const hello: Turn = { text: 'Hello to you.' };

interface Case {
  name: string;
  body: object;
  turn: Turn;
  stream?: boolean;
  output: string;
}
const cases: Case[] = [
  {
    name: 'basic-response',
    body: { input: [said('user', 'Say hello in exactly 3 words.')] },
    turn: hello,
    output: 'message',
  },
  {
    name: 'streaming-response',
    body: { input: [said('user', 'Count from 1 to 5.')] },
    turn: hello,
    stream: true,
    output: 'message',
  },
  {
    name: 'system-prompt',
    body: { input: [said('system', 'You are a pirate. Always respond in pirate speak.'), said('user', 'Say hello.')] },
    turn: hello,
    output: 'message',
  },
  { name: 'tool-calling', body: weather, turn: call, output: 'function_call' },
  { name: 'tool-calling-streaming', body: weather, turn: call, stream: true, output: 'function_call' },
  {
    name: 'image-input',
    body: {
      input: [
        said('user', [
          { type: 'input_text', text: 'What is it?' },
          { type: 'input_image', image_url: red },
        ]),
      ],
    },
    turn: hello,
    output: 'message',
  },
  {
    name: 'multi-turn',
    body: {
      input: [said('user', 'My name is Alice.'), said('assistant', 'Hello Alice!'), said('user', 'What is my name?')],
    },
    turn: hello,
    output: 'message',
  },
];

test.each(cases)('$name', async ({ body, turn, stream = false, output }) => {
  api.rig.model.reset();
  api.rig.model.enqueue(turn);
  const answer = await api.send('/v1/responses', { key, json: { model: 'gpt-agent', ...body, stream } });
  expect(answer.status).toBe(200);
  let whole: unknown;
  if (stream) {
    const events = await readEvents(answer);
    expect(events.at(-1)?.data).toBe('[DONE]');
    const parsed = events.slice(0, -1).map(({ event, data }) => {
      expect(event).toBe((data as { type: string }).type);
      return eventSchema.parse(data);
    });
    const last = parsed.at(-1);
    whole = last && 'response' in last ? last.response : undefined;
    const types = parsed.map(({ type }) => type);
    const typical = output === 'message' ? 'response.output_text.delta' : 'response.function_call_arguments.done';
    expect(types).toContain(typical);
  } else whole = await answer.json();
  const response = responseSchema.parse(whole);
  expect(response.status).toBe('completed');
  expect(response.output.map(({ type }) => type)).toEqual([output]);
});
