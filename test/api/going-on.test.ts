import { expect, test } from 'vitest';
import { keys } from '#shared/redis/keys.ts';
import { monthOf } from '#shared/run/usage.ts';
import { mark } from '#test/model/turn.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import type { ApiRig } from './rig.ts';
import { serveApi } from './serve.ts';
import type { Json } from './sse.ts';

// What a request that goes on with another one does to it: nothing before it is accepted itself.

let api: ApiRig;
const toolbox = createPlayedToolbox({
  write: { run: () => 'Written.', readOnly: false, permission: 'approve' },
});
serveApi(toolbox, (started) => void (api = started));

async function send(route: string, init: Parameters<ApiRig['send']>[1]): Promise<Json> {
  const response = await api.send(route, init);
  return { status: response.status, ...((await response.json()) as object) };
}

/** A response whose run waits for somebody's yes. */
async function waiting(key: string): Promise<{ id: string; run: string; status: () => Promise<string> }> {
  api.rig.model.script('wait', [{ toolCalls: [{ name: 'write', arguments: {} }] }, { text: 'It is written.' }]);
  const { id, output, dragoman } = await send('/v1/responses', { key, json: { input: mark('wait', 'Write.') } });
  expect(output.map(({ type }: Json) => type)).toEqual(['mcp_approval_request']);
  const status = async () => (await send(`/v1/runs/${dragoman.run}`, { key })).status;
  return { id, run: dragoman.run, status };
}

function textOf(output: Json[]): string {
  return output.flatMap(({ content }) => content ?? []).map(({ text }) => text)[0];
}

const refusals: [string, Json][] = [
  ['an unknown model', { model: 'nobody' }],
  ['a result of no call', { input: [{ type: 'function_call_output', call_id: 'none', output: '' }] }],
  ['a tool that nobody has', { tool_choice: { type: 'function', name: 'none' } }],
  ['one that costs too much text', { input: 'x'.repeat(1_000_001) }],
];

test.each(refusals)('a refused request leaves a waiting run its question: %s', async (_, wrong) => {
  const key = await api.key({ roles: ['operator'] });
  const { id, status } = await waiting(key);
  const refused = await send('/v1/responses', {
    key,
    json: { input: 'Leave it.', ...wrong, previous_response_id: id },
  });
  expect(refused.error).toMatchObject({ type: 'invalid_request_error' });
  expect(await status()).toBe('waiting');
});

test.each(['/v1/responses', '/v1/chat/completions'])(
  'a refused message under a note leaves the run that waits: %s',
  async (route) => {
    const name = `note-${route.length}`;
    const key = await api.key({ name, roles: ['operator'], budgetUsd: 5 });
    const headers = { 'x-dragoman-approvals': 'text' };
    api.rig.model.script('note', [{ toolCalls: [{ name: 'write', arguments: {} }] }]);
    const first = { role: 'user', content: mark('note', 'Write.') };
    const json = (talk: Json[]) => ({ model: 'gpt-agent', [route === '/v1/responses' ? 'input' : 'messages']: talk });
    const asked = await send(route, { key, headers, json: json([first]) });
    const note = { role: 'assistant', content: asked.choices?.[0].message.content ?? textOf(asked.output) };
    await api.rig.redis.hset(keys.usage(monthOf(Date.now())), `api:${name} usd`, 6);
    const next = { role: 'user', content: 'How is the weather?' };
    expect(await send(route, { key, headers, json: json([first, note, next]) })).toMatchObject({ status: 429 });
    expect(await send(`/v1/runs/${asked.dragoman.run}`, { key })).toMatchObject({ status: 'waiting' });
  },
);

test('a repetition leads to its run, whatever became of what it went on with', async () => {
  const key = await api.key({ roles: ['operator'] });
  const { id: waits, run } = await waiting(key);
  const { id: whole } = await send('/v1/responses', { key, json: { input: 'Hi.' } });
  for (const previous_response_id of [waits, whole]) {
    const json = { input: 'And then?', previous_response_id };
    const headers = { 'idempotency-key': `on-${previous_response_id}` };
    const first = await send('/v1/responses', { key, json, headers });
    expect(first).toMatchObject({ status: 'completed' });
    if (previous_response_id === waits) await api.rig.ended(run);
    expect((await api.send(`/v1/responses/${previous_response_id}`, { key, method: 'DELETE' })).status).toBe(200);
    expect(await send('/v1/responses', { key, json, headers })).toMatchObject({ id: first.id, status: 'completed' });
    const other = await send('/v1/responses', { key, json: { ...json, input: 'Else?' }, headers });
    expect(other).toMatchObject({ status: 409, error: { code: 'idempotency_key_reused' } });
  }
});

test('a decision that comes again leads to what the run has asked since then', async () => {
  const key = await api.key({ roles: ['operator'] });
  const write = (a: string) => ({ name: 'write', arguments: { a } });
  api.rig.model.script('twice', [{ toolCalls: [write('1'), write('2')] }, { text: 'Both.' }]);
  const { output } = await send('/v1/responses', { key, json: { input: mark('twice', 'Write both.') } });
  const decide = (request: Json) =>
    send('/v1/responses', {
      key,
      json: { input: [{ type: 'mcp_approval_response', approval_request_id: request.id, approve: true }] },
    });
  const first = await decide(output[0]);
  expect(first.output.map(({ type }: Json) => type)).toEqual(['mcp_call', 'mcp_approval_request']);
  expect(await decide(output[0])).toEqual(first);
  expect(await decide(first.output[1])).toMatchObject({ status: 'completed' });
  expect(toolbox.calls).toHaveLength(2);
  expect((await decide(output[0])).id).toBe(first.id);
});

test('a yes with words behind it is refused, and not lost', async () => {
  const key = await api.key({ roles: ['operator'] });
  const { id, run, status } = await waiting(key);
  const [{ id: question }] = (await send(`/v1/responses/${id}`, { key })).output;
  const yes = { type: 'mcp_approval_response', approval_request_id: question, approve: true };
  const words = { role: 'user', content: 'And be quick.' };
  const refused = await send('/v1/responses', { key, json: { previous_response_id: id, input: [yes, words] } });
  expect(refused).toMatchObject({ status: 400, error: { message: expect.stringContaining(`${run}/steer`) } });
  expect(await status()).toBe('waiting');
  expect(await send('/v1/responses', { key, json: { input: [yes] } })).toMatchObject({ status: 'completed' });
});
