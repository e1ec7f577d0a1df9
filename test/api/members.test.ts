import { expect, test } from 'vitest';
import { mark } from '#test/model/turn.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import type { ApiRig } from './rig.ts';
import { serveApi } from './serve.ts';
import type { Json } from './sse.ts';

// Members of requests that both protocols have in common, and odd values of them.

let api: ApiRig;
serveApi(createPlayedToolbox({}), (started) => void (api = started));

type Protocol = 'chat' | 'responses';
const routes = { chat: '/v1/chat/completions', responses: '/v1/responses' };

async function send(protocol: Protocol, members: object): Promise<Json> {
  const asked = protocol === 'chat' ? { messages: [{ role: 'user', content: 'hi' }] } : { input: 'hi' };
  const json = { model: 'gpt-agent', ...asked, ...members };
  const response = await api.send(routes[protocol], { key: await api.key(), json });
  return { ...((await response.json()) as object), status: response.status };
}

const many = Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`name${index}`, 'text']));
const chatFormat = (format: object) => ({ response_format: { type: 'json_schema', json_schema: format } });
const textFormat = (format: object) => ({ text: { format: { type: 'json_schema', ...format } } });

const refused: [Protocol, object, param: string, words: RegExp][] = [
  ['chat', { metadata: many }, 'metadata', /at most 16/],
  ['responses', { metadata: many }, 'metadata', /at most 16/],
  ['chat', { metadata: { ['n'.repeat(65)]: 'text' } }, 'metadata', /at most 64/],
  ['chat', { metadata: { name: 't'.repeat(513) } }, 'metadata.name', /at most 512/],
  ['chat', chatFormat({ name: 'a', schema: 5 }), 'response_format.json_schema.schema', /an object/],
  ['chat', chatFormat({ name: 'a b', schema: {} }), 'response_format.json_schema.name', /letters/],
  ['responses', textFormat({ name: 'a b', schema: {} }), 'text.format.name', /letters/],
  ['chat', chatFormat({ name: 'a', strict: 'yes' }), 'response_format.json_schema.strict', /true or false/],
  ['chat', { top_logprobs: 2 }, 'top_logprobs', /not available/],
  ['chat', { max_tokens: 1e18 }, 'max_tokens', /at most 9007199254740991/],
  ['chat', { max_tokens: 1.5 }, 'max_tokens', /a whole number/],
  ['chat', { dragoman: { budget_usd: 0 } }, 'dragoman.budget_usd', /more than 0/],
  ['chat', { messages: [{ role: 'user', content: null }] }, 'messages[0].content', /a text or a list of parts/],
  ['responses', { input: [{ role: 'user', content: 5 }] }, 'input[0].content', /a text or a list of parts/],
  [
    'responses',
    { input: Array.from({ length: 4_001 }, () => ({ role: 'user', content: 'x' })) },
    'input',
    /at most 4000 items/,
  ],
  ['chat', { stop: Array(5).fill('a') }, 'stop', /at most 4 entries/],
  [
    'chat',
    { messages: [{ role: 'assistant', content: '', function_call: { name: 'a', arguments: '{}' } }] },
    'messages[0].function_call',
    /use tool_calls/,
  ],
];

test.each(refused)('%s: %j is refused with words that say what is taken', async (protocol, members, param, words) => {
  const { status, error } = await send(protocol, members);
  expect([status, error]).toMatchObject([400, { param, message: expect.stringMatching(words) }]);
});

const picture = 'https://example.com/a.png';
const taken: [Protocol, object][] = [
  ['chat', { metadata: { ['n'.repeat(64)]: 't'.repeat(512) } }],
  ['chat', { top_logprobs: 0, logprobs: false }],
  ['chat', chatFormat({ name: 'a', schema: { type: 'object' }, strict: null, description: null })],
  ['chat', { messages: [{ role: 'user', content: 'x', name: null }] }],
  ['chat', { messages: [{ role: 'user', content: [image({ url: picture, detail: null })] }] }],
  ['chat', { messages: [{ role: 'user', content: [image({ url: picture, detail: 'original' })] }] }],
  ['responses', { input: [{ role: 'user', content: [{ type: 'input_image', image_url: picture, detail: null }] }] }],
  ['responses', { input: [{ type: null, role: 'user', content: 'x' }] }],
];

function image(url: object) {
  return { type: 'image_url', image_url: url };
}

test.each(taken)('%s: %j is taken', async (protocol, members) => {
  expect(await send(protocol, members)).toMatchObject({ status: 200 });
});

test('what an assistant refused to say is part of the conversation', async () => {
  const refusal = { role: 'assistant', content: [{ type: 'refusal', refusal: 'That I will not do.' }] };
  const asked = { role: 'user', content: mark('why', 'Why?') };
  expect(await send('chat', { messages: [{ role: 'user', content: 'Do it.' }, refusal, asked] })).toMatchObject({
    status: 200,
  });
  const sent = api.rig.model.requests.at(-1)?.body.messages;
  expect(sent?.find(({ role }) => role === 'assistant')?.content).toBe('That I will not do.');
});

test.each<[Protocol, (nothing: object) => object]>([
  [
    'chat',
    (nothing) => ({ messages: [{ role: 'user', content: 'Hi.' }, nothing, { role: 'user', content: 'Go on.' }] }),
  ],
  [
    'responses',
    (nothing) => ({ input: [{ role: 'user', content: 'Hi.' }, nothing, { role: 'user', content: 'Go on.' }] }),
  ],
])('%s: an answer that was stopped before its first word reaches no model', async (protocol, conversation) => {
  expect(await send(protocol, conversation({ role: 'assistant', content: '' }))).toMatchObject({ status: 200 });
  const sent = api.rig.model.requests.at(-1)?.body.messages;
  expect(sent?.slice(1)).toEqual([
    { role: 'user', content: 'Hi.' },
    { role: 'user', content: 'Go on.' },
  ]);
});

test('a reference to an item need not say that it is one', async () => {
  const key = await api.key();
  const ask = async (input: unknown) =>
    (await (await api.send('/v1/responses', { key, json: { model: 'gpt-agent', input } })).json()) as Json;
  const { output } = await ask('hi');
  const again = await ask([{ id: output[0].id }, { role: 'user', content: 'And?' }]);
  expect(again).toMatchObject({ status: 'completed' });
  const roles = api.rig.model.requests.at(-1)?.body.messages.map(({ role }) => role);
  expect(roles?.filter((role) => role !== 'system')).toEqual(['assistant', 'user']);
});

test('half a character reaches no model as such', async () => {
  const messages = [{ role: 'user', content: 'Cut \ud83d' }];
  const asks: [Protocol, object][] = [
    ['chat', { messages }],
    ['chat', { messages, model: 'gpt-agent-without-tools' }],
    ['responses', { input: 'Cut \ud83d' }],
  ];
  for (const [protocol, members] of asks) {
    expect(await send(protocol, members)).toMatchObject({ status: 200 });
    expect(api.rig.model.requests.at(-1)?.request.user).toBe('Cut \ufffd');
  }
});
