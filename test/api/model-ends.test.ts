import { expect, test } from 'vitest';
import { mark } from '#test/model/turn.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import type { ApiRig } from './rig.ts';
import { serveApi } from './serve.ts';
import type { Json } from './sse.ts';

// How the model ends its answer, and what a program is told of it.

let api: ApiRig;
const toolbox = createPlayedToolbox({ ask_user: { domain: 'builtin', run: () => '' } });
serveApi(toolbox, (started) => void (api = started));

async function send(route: string, json: object): Promise<Json> {
  const response = await api.send(route, { key: await api.key(), json: { model: 'gpt-agent', ...json } });
  return { ...((await response.json()) as object), http: response.status };
}
const chat = (json: object = {}) =>
  send('/v1/chat/completions', { messages: [{ role: 'user', content: 'hi' }], ...json });
const respond = (json: object = {}) => send('/v1/responses', { input: 'hi', ...json });

test.each([
  ['bad_request', { message: 'Invalid schema for function', type: 'invalid_request_error', code: null }],
  ['refused_content', { message: 'The response was filtered', type: null, code: 'content_filter' }],
])('what would be refused again is no failure of the server: %s', async (code, error) => {
  for (const ask of [chat, respond]) {
    api.rig.model.enqueue({ error: { status: 400, body: { error } } });
    expect(await ask()).toMatchObject({ http: 400, error: { type: 'invalid_request_error', code } });
  }
});

test('what is too long for the model is told of the member that holds it', async () => {
  const error = { message: "This model's maximum context length is 8192 tokens", code: 'context_length_exceeded' };
  const talk = (json: object = {}) => send('/chat', { message: 'hi', ...json });
  for (const [ask, param] of [[chat, 'messages'] as const, [respond, 'input'] as const, [talk, 'message'] as const]) {
    api.rig.model.enqueue({ error: { status: 400, body: { error } } });
    expect(await ask()).toMatchObject({ http: 400, error: { code: 'context_length_exceeded', param } });
  }
});

test('an answer that ends at the limit of the program, before its first word, is one', async () => {
  const nothing = { text: '', finishReason: 'length' as const };
  api.rig.model.enqueue(nothing, nothing, nothing);
  const [choice] = (await chat({ max_completion_tokens: 16 })).choices;
  expect(choice).toEqual({ index: 0, message: { role: 'assistant', content: '' }, finish_reason: 'length' });
  expect(await chat({ max_tokens: 16 })).toMatchObject({ choices: [{ finish_reason: 'length' }] });
  expect(await respond({ max_output_tokens: 16 })).toMatchObject({
    status: 'incomplete',
    incomplete_details: { reason: 'max_output_tokens' },
  });
  expect(api.rig.model.requests).toHaveLength(3);
});

test.each(['MAX_TOKENS', 'max_output_tokens'])('a response is incomplete in every word for it: %s', async (word) => {
  api.rig.model.enqueue({ text: 'It is', finishReason: word as 'length' });
  expect(await respond()).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } });
});

test('a program with a tool ask_user is asked in its stream, and answers with its output', async () => {
  const openai = api.openai(await api.key());
  const question = { question: 'Which colour?', choices: ['red', 'blue'] };
  api.rig.model.script('ask', [{ toolCalls: [{ name: 'ask_user', arguments: question }] }]);
  const parameters = { type: 'object', properties: { question: { type: 'string' } } };
  const tools = [
    { type: 'function' as const, name: 'ask_user', description: 'Asks the person.', parameters, strict: false },
  ];
  const first = await openai.responses.create({ model: 'gpt-agent', tools, input: mark('ask', 'Paint it.') });
  const [call] = first.output;
  if (call?.type !== 'function_call') throw new Error(`${call?.type} came`);
  expect([call.name, JSON.parse(call.arguments)]).toEqual(['ask_user', question]);
  api.rig.model.script('ask', [{ text: 'never' }, { text: 'It is blue.' }]);
  const rest = await openai.responses.create({
    model: 'gpt-agent',
    tools,
    previous_response_id: first.id,
    input: [{ type: 'function_call_output', call_id: call.call_id, output: 'blue' }],
  });
  expect(rest.output_text).toBe('It is blue.');
});

test('so is a program that speaks chat completions', async () => {
  const parameters = { type: 'object', properties: { question: { type: 'string' } } };
  const tools = [{ type: 'function', function: { name: 'ask_user', description: 'Asks the person.', parameters } }];
  api.rig.model.enqueue({ toolCalls: [{ name: 'ask_user', arguments: { question: 'Which colour?' } }] });
  const [choice] = (await chat({ tools })).choices;
  expect(choice).toMatchObject({
    finish_reason: 'tool_calls',
    message: { tool_calls: [{ function: { name: 'ask_user', arguments: '{"question":"Which colour?"}' } }] },
  });
});
