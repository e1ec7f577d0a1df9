import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { mark } from '#test/model/turn.ts';
import { open, requestBytes } from './raw-http.ts';
import { startApiRig, type ApiRig } from './rig.ts';
import { readEvents } from './sse.ts';

let api: ApiRig;
let worker: AsyncDisposable;

beforeAll(async () => {
  api = await startApiRig({ api: { API_STREAMS_PER_KEY: 600, API_MAX_PENDING: 1_000 } });
  worker = await api.rig.worker({ toolbox: createPlayedToolbox({}) }, { WORKER_CONCURRENCY: 600 });
});
afterAll(async () => {
  await worker[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});
afterEach(() => api.rig.model.reset());

function streamRequest(content: string) {
  return { model: 'gpt-agent', stream: true, messages: [{ role: 'user', content }] };
}

test('a stream shows life at once, also while nobody works on the run', async () => {
  await worker[Symbol.asyncDispose]();
  const key = await api.key();
  const response = await api.send('/v1/chat/completions', { key, json: streamRequest('hi') });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader.read()).value).toMatch(/^: accepted\n\n/);
  let seen = '';
  while (!seen.includes(': working')) seen += (await reader.read()).value;
  api.rig.model.enqueue({ text: 'Late, but here.' });
  worker = await api.rig.worker({ toolbox: createPlayedToolbox({}) }, { WORKER_CONCURRENCY: 600 });
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    seen += value;
  }
  expect(seen).toContain('Late, but here.');
  expect(seen.endsWith('data: [DONE]\n\n')).toBe(true);
});

test('200 clients at once get their answers', async () => {
  const key = await api.key();
  api.rig.model.script('many', [{ text: 'one two three', chunkDelayMs: 20 }]);
  const answers = await Promise.all(
    Array.from({ length: 200 }, async (_, index) => {
      const response = await api.send('/v1/chat/completions', { key, json: streamRequest(mark('many', `${index}`)) });
      return readEvents(response);
    }),
  );
  const texts = answers.map((events) => events.map(({ data }) => data.choices?.[0]?.delta.content ?? '').join(''));
  expect(texts.filter((text) => text !== 'one two three')).toEqual([]);
});

test('a client that reads nothing holds up nobody else, and what it leaves unread is bounded', async () => {
  const key = await api.key();
  const long = 'word '.repeat(400_000);
  api.rig.model.script('long', [{ text: long, chunkSize: 20_000 }]);
  const socket = await open(api.url);
  socket.pause();
  const body = Buffer.from(JSON.stringify(streamRequest(mark('long', 'Tell.'))));
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  socket.write(requestBytes(new URL(api.url), { method: 'POST', path: '/v1/chat/completions', headers, body }));
  await api.rig.model.ended(0);
  api.rig.model.script('quick', [{ text: 'Quick.' }]);
  const other = await api
    .openai(key)
    .chat.completions.create({ model: 'gpt-agent', messages: [{ role: 'user', content: mark('quick', 'hi') }] });
  expect(other.choices[0]?.message.content).toBe('Quick.');
  socket.destroy();
});

test('when the door is restarted, a stream says where its run goes on', async () => {
  await using own = await startApiRig();
  await using _ = await own.rig.worker({ toolbox: createPlayedToolbox({}) });
  own.rig.model.script('slow', [{ text: 'one two three four five six seven eight', chunkSize: 4, chunkDelayMs: 150 }]);
  const key = await own.key();
  const response = await own.send('/v1/chat/completions', { key, json: streamRequest(mark('slow', 'Count.')) });
  const run = response.headers.get('x-dragoman-run') ?? '';
  const events = readEvents(response);
  await own.rig.model.received(1);
  await sleep(100);
  await own.stop();
  expect((await events).at(-1)?.data.error).toMatchObject({
    code: 'shutting_down',
    message: expect.stringContaining(`/v1/runs/${run}/events`),
  });
  expect((await own.rig.ended(run)).text).toBe('one two three four five six seven eight');
});
