import type { ResponseStreamEvent } from 'openai/resources/responses/responses';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lockMs, stalledCheckMs } from '#shared/queue/queues.ts';
import { mark } from '#test/model/turn.ts';
import { startWorkerProcess } from '#test/worker/worker-process.ts';
import { startApiRig, type ApiRig } from './rig.ts';

let api: ApiRig;
beforeAll(async () => {
  api = await startApiRig();
});
afterAll(() => api[Symbol.asyncDispose]());

const startWorker = () =>
  startWorkerProcess({
    REDIS_URL: api.rig.server.url,
    LITELLM_API_BASE: api.rig.model.url,
    DRAGOMAN_SIGNING_KEY: 'k'.repeat(32),
    SHUTDOWN_GRACE_MS: '100',
  });

test.each(['kill', 'terminate'] as const)(
  'a worker that goes in the middle of a text (%s) leaves no gap and no repeat, for whoever listens or comes back',
  { timeout: lockMs + stalledCheckMs + 60_000 },
  async (way) => {
    const text = 'one two three four five six seven eight nine ten '.repeat(40);
    api.rig.model.script(way, (_, call) => ({ text: call === 0 ? text : 'A new beginning.', chunkDelayMs: 40 }));
    const openai = api.openai(await api.key());
    await using workers = new AsyncDisposableStack();
    const first = workers.use(await startWorker());
    const body = { model: 'gpt-agent', stream: true as const, background: true, input: mark(way, 'Count.') };
    const live: ResponseStreamEvent[] = [];
    let gone = false;
    let id = '';
    let left: ResponseStreamEvent[] = [];
    for await (const event of await openai.responses.create(body)) {
      live.push(event);
      if (event.type === 'response.created') id = event.response.id;
      if (gone || live.filter(({ type }) => type === 'response.output_text.delta').length < 8) continue;
      left = [...live];
      gone = true;
      await first[way]();
      workers.use(await startWorker());
    }
    expect(live.map((event) => event.sequence_number)).toEqual(live.map((_, index) => index));
    const last = live.at(-1);
    if (last?.type !== 'response.completed') throw new Error('the stream does not end');
    expect(last.response.output).toMatchObject([{ content: [{ text: 'A new beginning.' }] }]);
    const all: ResponseStreamEvent[] = [];
    for await (const event of await openai.responses.retrieve(id, { stream: true })) all.push(event);
    expect(all).toEqual(live);
    const after = left.at(-1)?.sequence_number ?? 0;
    for await (const event of await openai.responses.retrieve(id, { stream: true, starting_after: after })) {
      left.push(event);
    }
    expect(left).toEqual(live);
  },
);
