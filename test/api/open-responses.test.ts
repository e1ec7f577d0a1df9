import { beforeEach, expect, test } from 'vitest';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import type { Turn } from '#test/model/turn.ts';
import { eventSchema, responseSchema } from './open-responses.ts';
import type { ApiRig } from './rig.ts';
import { serveApi } from './serve.ts';
import { readEvents } from './sse.ts';

// The cases of Open Responses' compliance runner (src/lib/compliance-tests.ts), of all versions that its repository and
// the forks that prepare its changes have; docs/clients.md counts them.
let api: ApiRig;
let key: string;
serveApi(createPlayedToolbox({}), async (started) => {
  api = started;
  key = await api.key();
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
  {
    name: 'assistant-phase',
    body: {
      input: [
        { ...said('assistant', 'I should answer with the saved number.'), phase: 'commentary' },
        { ...said('assistant', 'The number is four.'), phase: 'final_answer' },
        said('user', 'Repeat only the number.'),
      ],
    },
    turn: hello,
    output: 'message',
  },
];

beforeEach(() => api.rig.model.reset());

test.each(cases)('$name', async ({ body, turn, stream = false, output }) => {
  const response = await ask(body, turn, stream);
  expect(response.output.map(({ type }) => type)).toEqual([output]);
});

test('function-call-roundtrip', async () => {
  const input = 'Use the weather tool to get the temperature in San Francisco.';
  const tool_choice = { type: 'function', name: 'get_weather' };
  const first = await ask({ ...weather, input, tool_choice }, call);
  const [asked] = first.output;
  if (asked?.type !== 'function_call') throw new Error('the first response calls the function');
  const output = { type: 'function_call_output', call_id: asked.call_id, output: '64 degrees and clear' };
  const second = await ask({ previous_response_id: first.id, input: [output] }, hello);
  expect(second.output.map(({ type }) => type)).toEqual(['message']);
  expect(second.previous_response_id).toBe(first.id);
  expect(lastMessages().at(-1)).toMatchObject({ role: 'tool', content: expect.stringContaining('64 degrees') });
});

test('previous-response-id', async () => {
  const first = await ask({ input: 'Remember this code word: papaya. Reply with only OK.' }, { text: 'OK' });
  const input = 'What code word did I ask you to remember?';
  const second = await ask({ previous_response_id: first.id, input }, { text: 'papaya' });
  expect(second.output.map(({ type }) => type)).toEqual(['message']);
  expect(JSON.stringify(lastMessages())).toContain('Remember this code word: papaya.');
});

const file = { type: 'input_file', filename: 'fixture.pdf', file_data: 'data:application/pdf;base64,JVBERi0xLjEK' };
test.each([
  ['file-input', { input: [said('user', [{ type: 'input_text', text: 'Its title?' }, file])] }, /input_file/],
  [
    'file-search',
    { input: 'Search.', tools: [{ type: 'file_search', vector_store_ids: ['vs_1'] }], tool_choice: 'auto' },
    /file_search is not available/,
  ],
  [
    'offline-web-search',
    { input: 'Find it.', tools: [{ type: 'web_search', external_web_access: false }] },
    /web_search is not available/,
  ],
])('%s is refused by name', async (_, body, message) => {
  const answer = await api.send('/v1/responses', { key, json: { model: 'gpt-agent', ...body } });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ error: { message: expect.stringMatching(message) } });
});

/** Asks, and checks what every answer of the protocol must have. */
async function ask(body: object, turn: Turn, stream = false) {
  api.rig.model.enqueue(turn);
  const answer = await api.send('/v1/responses', { key, json: { model: 'gpt-agent', ...body, stream } });
  expect(answer.status).toBe(200);
  const response = responseSchema.parse(stream ? await readStream(answer) : await answer.json());
  expect(response.status).toBe('completed');
  return response;
}

/** Checks each event of a stream. Returns the response that it ends with. */
async function readStream(answer: Response): Promise<unknown> {
  const events = await readEvents(answer);
  expect(events.at(-1)?.data).toBe('[DONE]');
  const parsed = events.slice(0, -1).map(({ event, data }) => {
    expect(event).toBe((data as { type: string }).type);
    return eventSchema.parse(data);
  });
  const types = parsed.map(({ type }) => type);
  const item = parsed.find((event) => event.type === 'response.output_item.done')?.item;
  const typical = item?.type === 'function_call' ? callEvents : ['response.output_text.delta'];
  expect(types).toEqual(expect.arrayContaining(['response.output_item.added', ...typical]));
  const last = parsed.at(-1);
  return last && 'response' in last ? last.response : undefined;
}

const callEvents = ['response.function_call_arguments.delta', 'response.function_call_arguments.done'];

function lastMessages() {
  return api.rig.model.requests.at(-1)?.body.messages ?? [];
}
