import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { RawAnswer } from '#test/model/turn.ts';
import { startApiRig, type ApiRig } from './rig.ts';
import { readEvents, type Json } from './sse.ts';

// What a gateway may send, and what a client of embeddings or of a model without tools gets of it.

let api: ApiRig;
beforeAll(async () => {
  api = await startApiRig();
});
afterAll(() => api[Symbol.asyncDispose]());
afterEach(() => api.rig.model.reset());

test('a stream of the model without tools that breaks off says so', async () => {
  const key = await api.key();
  api.rig.model.enqueue({ text: 'A title that never ends', chunkSize: 4, chunkDelayMs: 30, cutAfterChunks: 3 });
  const json = { model: 'gpt-agent-without-tools', stream: true, messages: [{ role: 'user', content: 'Title?' }] };
  const events = await readEvents(await api.send('/v1/chat/completions', { key, json }));
  expect(events.at(-1)?.data.error).toMatchObject({ type: 'server_error', code: 'model_unreachable' });
});

test.each(['/v1/embeddings', '/v1/chat/completions'])(
  'at %s a key waits for as many answers at once as it may, and is told of a restart',
  async (path) => {
    let embeddings = 0;
    await using door = await startApiRig({
      api: { API_STREAMS_PER_KEY: 2 },
      model: {
        async extra(request) {
          if (request.url !== '/v1/embeddings') return false;
          await text(request);
          embeddings += 1;
          return true;
        },
      },
    });
    const asked = () => embeddings + door.rig.model.requests.length;
    door.rig.model.enqueue({ hang: true }, { hang: true }, { hang: true });
    const key = await door.key();
    const model = path === '/v1/embeddings' ? 'gpt-agent' : 'gpt-agent-without-tools';
    const json = { model, messages: [{ role: 'user', content: 'Title?' }], input: 'one' };
    const leaves = new AbortController();
    const left = expect(door.send(path, { key, json, signal: leaves.signal })).rejects.toThrow('aborted');
    const waiting = [door.send(path, { key, json })];
    await expect.poll(asked).toBe(2);
    const refused = await door.send(path, { key, json });
    expect([refused.status, await refused.json()]).toMatchObject([429, { error: { code: 'too_many_streams' } }]);
    expect(asked()).toBe(2);
    leaves.abort();
    await left;
    const again = () => door.send(path, { key, json, signal: AbortSignal.timeout(300) }).catch(() => ({ status: 0 }));
    await expect.poll(async () => (await again()).status).toBe(0);
    await Promise.all([
      door.stop(),
      ...waiting.map(async (each) => {
        const answer = await each;
        expect([answer.status, await answer.json()]).toMatchObject([503, { error: { code: 'shutting_down' } }]);
      }),
    ]);
  },
);

test('a stream of the model without tools says so when this door is restarted', async () => {
  await using door = await startApiRig();
  const key = await door.key();
  door.rig.model.enqueue({ text: 'A title that takes long', chunkSize: 4, hangAfterChunks: 3 });
  const json = { model: 'gpt-agent-without-tools', stream: true, messages: [{ role: 'user', content: 'Title?' }] };
  const answer = await door.send('/v1/chat/completions', { key, json });
  const [events] = await Promise.all([readEvents(answer), door.stop()]);
  expect(events.at(-1)?.data.error).toMatchObject({ type: 'server_error', code: 'shutting_down' });
});

const heads = {
  json: { 'content-type': 'application/json' },
  html: { 'content-type': 'text/html' },
  sse: { 'content-type': 'text/event-stream' },
};
const part = (content: string, finish: string | null = null) =>
  JSON.stringify({
    id: 'c',
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta: { content }, finish_reason: finish }],
  });
const whole = JSON.stringify({
  id: 'c',
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: 'A title' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1 },
});

/** What a client of the model without tools gets when the gateway sends this. */
async function passed(stream: boolean, raw: RawAnswer): Promise<{ status: number; text: string; error?: Json }> {
  api.rig.model.enqueue({ raw });
  const json = { model: 'gpt-agent-without-tools', stream, messages: [{ role: 'user', content: 'Title?' }] };
  const answer = await api.send('/v1/chat/completions', { key: await api.key(), json });
  const { status } = answer;
  if (!stream || status !== 200) {
    const { choices, error } = (await answer.json()) as Json;
    return { status, text: choices?.[0].message.content ?? '', ...(error && { error }) };
  }
  const events = await readEvents(answer);
  const error: Json = events.at(-1)?.data.error;
  if (!error) expect(events.at(-1)?.data).toBe('[DONE]');
  return {
    status,
    text: events.map(({ data }) => data.choices?.[0]?.delta.content ?? '').join(''),
    ...(error && { error }),
  };
}

test.each<[string, boolean, RawAnswer]>([
  ['in one piece', false, { headers: heads.json, pieces: [whole] }],
  ['in one piece where a stream was asked for', true, { headers: heads.json, pieces: [whole] }],
  [
    'with lines of another system',
    true,
    { pieces: [`\uFEFFdata: ${part('A ')}\r\n\r\ndata:${part('title', 'stop')}\r\n\r\ndata: [DONE]\r\n\r\n`] },
  ],
  ['without an empty line at its end', true, { pieces: [`data: ${part('A title', 'stop')}\n\ndata: [DONE]`] }],
  ['without a word that it is done', true, { pieces: [`data: ${part('A title', 'stop')}\n\n`] }],
  [
    'with comments, and events behind its end',
    true,
    { pieces: [`: hi\n\ndata: ${part('A title')}\n\ndata: [DONE]\n\ndata: x\n\n`] },
  ],
])('an answer of the model without tools that comes %s is whole', async (_, stream, raw) => {
  expect(await passed(stream, raw)).toEqual({ status: 200, text: 'A title' });
});

test.each<[string, RawAnswer]>([
  ['a page', { headers: heads.html, pieces: ['<html>no</html>'] }],
  [
    'an error that calls itself a success',
    { headers: heads.json, pieces: ['{"error":{"message":"key sk-secret","code":500}}'] },
  ],
  ['nothing', { headers: heads.json, pieces: [''] }],
  ['no answer', { headers: heads.json, pieces: ['{"detail":"x"}'] }],
])('%s in the place of an answer is a failure, in a stream as well', async (_, raw) => {
  const failed = { text: '', error: { type: 'server_error', code: 'model_unreachable' } };
  expect(await passed(false, raw)).toMatchObject({ ...failed, status: 502 });
  expect(await passed(true, raw)).toMatchObject({ ...failed, status: 200 });
});

test.each<[string, string]>([
  ['an error', 'data: {"error":{"message":"key sk-secret","type":"x","code":"500"}}\n\ndata: [DONE]\n\n'],
  ['an error in its own words', 'event: error\ndata: {"message":"sk-secret"}\n\n'],
  ['no JSON', 'data: oops sk-secret\n\ndata: [DONE]\n\n'],
  ['nothing more', ''],
])('a stream that goes on with %s ends with a failure, and the words of the provider stay here', async (_, rest) => {
  const { error, ...got } = await passed(true, { pieces: [`data: ${part('A ')}\n\n`, rest || ': x\n\n'] });
  expect(got).toEqual({ status: 200, text: 'A ' });
  expect(error).toEqual({
    message: 'The model cannot be reached at the moment.',
    type: 'server_error',
    param: null,
    code: 'model_unreachable',
  });
});

test('a stream shows life while the model is silent', async () => {
  api.rig.model.enqueue({ hang: true });
  const leaves = new AbortController();
  const json = { model: 'gpt-agent-without-tools', stream: true, messages: [{ role: 'user', content: 'Title?' }] };
  const answer = await api.send('/v1/chat/completions', { key: await api.key(), json, signal: leaves.signal });
  const { value } = await answer.body!.getReader().read();
  expect(Buffer.from(value ?? []).toString()).toBe(': accepted\n\n');
  leaves.abort();
});

test.each([
  ['7', '7'],
  ['0.5', '1'],
  ['soon', '5'],
  ['-3', '5'],
  [new Date(Date.now() - 60_000).toUTCString(), '1'],
])('a busy model: whoever is told to wait %s reads a number of seconds', async (given, told) => {
  api.rig.model.fail(1, { status: 429, headers: { 'retry-after': given } });
  const json = { model: 'gpt-agent-without-tools', messages: [{ role: 'user', content: 'Title?' }] };
  const answer = await api.send('/v1/chat/completions', { key: await api.key(), json });
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, told]);
});
