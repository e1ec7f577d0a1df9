import type OpenAI from 'openai';
import type { ResponseStreamEvent } from 'openai/resources/responses/responses';
import type { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { clean, retentionOf } from '#services/worker/housekeeping/clean.ts';
import { listAudit } from '#shared/audit/list.ts';
import { monthOf, readUsage } from '#shared/run/usage.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { mark } from '#test/model/turn.ts';
import type { ApiRig } from './rig.ts';
import { serveApi } from './serve.ts';

let api: ApiRig;
const toolbox = createPlayedToolbox({
  look: { run: () => `The answer is 42. ${'And so on. '.repeat(3_000)}` },
  write: { run: () => 'Written.', readOnly: false, permission: 'approve' },
  erase: { run: () => 'Erased.', readOnly: true, permission: 'approve' },
});
const long = 'Wörter, 語 und 😀 mit Zeilen\n\nund '.repeat(40);

serveApi(toolbox, (started) => void (api = started));

async function all(stream: AsyncIterable<ResponseStreamEvent>): Promise<ResponseStreamEvent[]> {
  const events: ResponseStreamEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}
async function background(openai: OpenAI, input: string): Promise<string> {
  return (await openai.responses.create({ model: 'gpt-agent', background: true, input })).id;
}
async function ended(id: string): Promise<void> {
  await api.rig.ended(id.replace(/^resp_/, ''));
}

test('a stream that is cut again and again resumes to the same events, without gap or repeat', async () => {
  api.rig.model.script('long', [
    { text: 'I look.', toolCalls: [{ name: 'look', arguments: {} }] },
    { text: long, chunkDelayMs: 5, chunkSize: 7 },
  ]);
  const openai = api.openai(await api.key());
  const id = await background(openai, mark('long', 'Tell.'));
  const got: ResponseStreamEvent[] = [];
  let cuts = 0;
  while (!got.some(({ type }) => type === 'response.completed')) {
    const last = got.at(-1)?.sequence_number ?? -1;
    let some = 0;
    for await (const event of await openai.responses.retrieve(id, { stream: true, starting_after: last })) {
      got.push(event);
      if ((some += 1) === 3) break;
    }
    cuts += 1;
  }
  expect(cuts).toBeGreaterThan(100);
  expect(got.map((event) => event.sequence_number)).toEqual(got.map((_, index) => index));
  expect(got.flatMap((event) => (event.type === 'response.output_text.delta' ? [event.delta] : [])).join('')).toBe(
    `I look.${long}`,
  );
  const again = await all(await openai.responses.retrieve(id, { stream: true }));
  expect(again).toEqual(got);
  const last = got.at(-1);
  const whole = await openai.responses.retrieve(id);
  expect(last?.type === 'response.completed' && last.response).toEqual({ ...whole, output_text: undefined });
});

test('runs in the background, though nobody listens', async () => {
  const openai = api.openai(await api.key());
  api.rig.model.enqueue({ text: 'Done.', delayMs: 500 });
  const begun = await openai.responses.create({ model: 'gpt-agent', background: true, input: 'Work.' });
  expect(begun).toMatchObject({ output: [], background: true });
  // A worker that is quick has begun before the run is read for the answer.
  expect(['queued', 'in_progress']).toContain(begun.status);
  await ended(begun.id);
  expect(await openai.responses.retrieve(begun.id)).toMatchObject({ status: 'completed', output_text: 'Done.' });
});

test('who leaves a stream stops its run, unless it is in the background', async () => {
  const openai = api.openai(await api.key());
  api.rig.model.script('slow', [{ text: 'word '.repeat(200), chunkDelayMs: 30 }]);
  const ids: string[] = [];
  for (const inBackground of [false, true]) {
    const stream = await openai.responses.create({
      model: 'gpt-agent',
      stream: true,
      background: inBackground,
      input: mark('slow', 'Count.'),
    });
    for await (const event of stream) {
      if (event.type === 'response.created') ids.push(event.response.id);
      if (event.type === 'response.output_text.delta') break;
    }
  }
  const [left = '', kept = ''] = ids;
  await ended(left);
  const cancelled = await openai.responses.retrieve(left);
  expect(cancelled).toMatchObject({ status: 'cancelled', output: [{ status: 'incomplete' }] });
  expect(await openai.responses.retrieve(kept)).toMatchObject({ status: 'in_progress' });
  // What it had written is part of it, and of the stream.
  const stopped = await openai.responses.cancel(kept);
  expect(stopped.status).toBe('cancelled');
  expect(stopped.output).toMatchObject([{ content: [{ text: expect.stringMatching(/^word /) }] }]);
  const events = await all(await openai.responses.retrieve(kept, { stream: true }));
  expect(events.at(-1)).toMatchObject({ type: 'response.failed', response: { status: 'cancelled' } });
});

test('an answer that breaks off begins again, and whoever reads it later gets the same numbers', async () => {
  const openai = api.openai(await api.key());
  api.rig.model.script('cut', (_, call) =>
    call === 0
      ? { text: 'Half of it is ', cutAfterChunks: 3, chunkSize: 5, chunkDelayMs: 40 }
      : { text: 'The whole of it.' },
  );
  const live = await all(
    await openai.responses.create({ model: 'gpt-agent', stream: true, input: mark('cut', 'Tell.') }),
  );
  const [first, last] = [live[0], live.at(-1)];
  if (first?.type !== 'response.created' || last?.type !== 'response.completed') throw new Error('not whole');
  expect(live.map((event) => event.sequence_number)).toEqual(live.map((_, index) => index));
  const items = live.flatMap((event) => (event.type === 'response.output_item.done' ? [event.item] : []));
  expect(items.map((item) => 'status' in item && item.status)).toEqual(['incomplete', 'completed']);
  expect(last.response.output).toEqual([items[1]]);
  expect(await all(await openai.responses.retrieve(first.response.id, { stream: true }))).toEqual(live);
});

test('a question to a human ends the response; the decision goes on in the next', async () => {
  const key = await api.key({ roles: ['member', 'operator'] });
  const openai = api.openai(key);
  api.rig.model.script('write', [
    { toolCalls: [{ name: 'write', arguments: { a: '1' } }] },
    { text: 'It is written.' },
  ]);
  for (const approve of [true, false]) {
    toolbox.calls.length = 0;
    const live = await all(
      await openai.responses.create({ model: 'gpt-agent', stream: true, input: mark('write', 'Write it.') }),
    );
    const last = live.at(-1);
    if (last?.type !== 'response.completed') throw new Error('the response does not end');
    const [asked] = last.response.output;
    expect(asked).toMatchObject({ type: 'mcp_approval_request', name: 'write', arguments: '{"a":"1"}' });
    expect(toolbox.calls).toEqual([]);
    const answer = {
      type: 'mcp_approval_response' as const,
      approval_request_id: asked?.id ?? '',
      approve,
    };
    const body = { model: 'gpt-agent', previous_response_id: last.response.id, input: [answer] };
    const second = await openai.responses.create(body);
    expect(second.id).toBe(`${last.response.id}.1`);
    expect(second.output[0]).toMatchObject({
      type: 'mcp_call',
      approval_request_id: asked?.id,
      ...(approve ? { output: 'Written.' } : { error: expect.stringMatching(/said no/) }),
    });
    expect(second.output_text).toBe('It is written.');
    expect(second.previous_response_id).toBe(last.response.id);
    expect(toolbox.calls).toHaveLength(approve ? 1 : 0);
    // A request that is sent again changes nothing; another decision is too late.
    expect((await openai.responses.create(body)).output).toEqual(second.output);
    const other = { ...body, input: [{ ...answer, approve: !approve }] };
    await expect(openai.responses.create(other)).rejects.toMatchObject({ status: 409 });
    // Both parts are read again as they were.
    expect(await all(await openai.responses.retrieve(last.response.id, { stream: true }))).toEqual(live);
    const { output_text: _, ...stored } = await openai.responses.retrieve(second.id);
    expect(stored).toEqual({ ...second, output_text: undefined });
    api.rig.model.enqueue({ text: 'Yes.' });
    await openai.responses.create({ model: 'gpt-agent', previous_response_id: second.id, input: 'Sure?' });
    const roles = api.rig.model.requests.at(-1)?.body.messages.map(({ role }) => role);
    expect(roles).toEqual(['system', 'user', 'assistant', 'tool', 'assistant', 'user']);
  }
});

test('two questions at once want two decisions', async () => {
  const openai = api.openai(await api.key({ roles: ['member', 'operator'] }));
  api.rig.model.script('two', [
    {
      toolCalls: [
        { name: 'erase', arguments: { a: '1' } },
        { name: 'erase', arguments: { a: '2' } },
      ],
    },
    { text: 'Both.' },
  ]);
  const first = await openai.responses.create({ model: 'gpt-agent', store: false, input: mark('two', 'Go.') });
  expect(first.output.map(({ type }) => type)).toEqual(['mcp_approval_request', 'mcp_approval_request']);
  const answers = first.output.map(({ id }) => ({
    type: 'mcp_approval_response' as const,
    approval_request_id: id ?? '',
    approve: true,
  }));
  const one = { model: 'gpt-agent', input: answers.slice(0, 1) };
  await expect(openai.responses.create(one)).rejects.toMatchObject({
    status: 400,
    message: expect.stringMatching(/0-1/),
  });
  // The whole conversation may come before them.
  const input = [
    { role: 'user' as const, content: 'Go.' },
    ...first.output,
    ...answers,
  ] as OpenAI.Responses.ResponseInput;
  const second = await openai.responses.create({ model: 'gpt-agent', input });
  expect(second.output.map(({ type }) => type)).toEqual(['mcp_call', 'mcp_call', 'message']);
});

test('in the background a run waits for the decision within its one response', async () => {
  const key = await api.key({ roles: ['member', 'operator'] });
  const openai = api.openai(key);
  api.rig.model.script('write', [{ toolCalls: [{ name: 'write', arguments: {} }] }, { text: 'It is written.' }]);
  const id = await background(openai, mark('write', 'Write.'));
  const { approval } = await api.rig.entry(id.replace(/^resp_/, ''), 'approval.requested');
  expect(await openai.responses.retrieve(id)).toMatchObject({ status: 'in_progress' });
  const route = `/v1/approvals/${id.replace(/^resp_/, '')}:${approval}`;
  await api.send(route, { key, json: { decision: 'allow' } });
  await ended(id);
  const whole = await openai.responses.retrieve(id);
  expect(whole.output.map(({ type }) => type)).toEqual(['mcp_approval_request', 'mcp_call', 'message']);
});

test('a new message instead of a decision lets the question go', async () => {
  const openai = api.openai(await api.key({ roles: ['member', 'operator'] }));
  api.rig.model.script('write', [{ toolCalls: [{ name: 'write', arguments: {} }] }]);
  const first = await openai.responses.create({ model: 'gpt-agent', input: mark('write', 'Write.') });
  api.rig.model.reset();
  api.rig.model.enqueue({ text: 'Fine.' });
  const second = await openai.responses.create({
    model: 'gpt-agent',
    previous_response_id: first.id,
    input: 'Leave it.',
  });
  expect(second.output_text).toBe('Fine.');
  await ended(first.id);
  expect(toolbox.calls).toEqual([]);
  expect(await openai.responses.retrieve(first.id)).toMatchObject({ status: 'completed' });
});

test('deleted, not stored and foreign responses are not found', async () => {
  const openai = api.openai(await api.key());
  api.rig.model.enqueue({ text: 'One.' }, { text: 'Two.' }, { text: 'Three.' });
  const first = await openai.responses.create({ model: 'gpt-agent', input: 'Hi.' });
  const list = await openai.responses.inputItems.list(first.id);
  expect(list.data).toMatchObject([{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi.' }] }]);
  const other = api.openai(await api.key());
  await expect(other.responses.retrieve(first.id)).rejects.toMatchObject({ status: 404 });
  await expect(other.responses.delete(first.id)).rejects.toMatchObject({ status: 404 });
  await openai.responses.delete(first.id);
  await expect(openai.responses.retrieve(first.id)).rejects.toMatchObject({ status: 404 });
  const second = await openai.responses.create({ model: 'gpt-agent', store: false, input: 'Hi.' });
  await expect(openai.responses.retrieve(second.id)).rejects.toMatchObject({ status: 404 });
  const body = { model: 'gpt-agent', previous_response_id: second.id, input: 'And?' };
  await expect(openai.responses.create(body)).rejects.toMatchObject({
    status: 400,
    param: 'previous_response_id',
    code: 'previous_response_not_found',
    message: expect.stringContaining('was made with store: false'),
  });
  const reference = { type: 'item_reference' as const, id: second.output[0]?.id ?? '' };
  const input = [reference, { role: 'user' as const, content: 'And?' }];
  await expect(openai.responses.create({ model: 'gpt-agent', input })).rejects.toMatchObject({ status: 404 });
});

test('what is not stored is known of nobody once its time is over; usage and audit log stay', async () => {
  const key = await api.key({ name: 'private' });
  const ask = async (store: boolean) => {
    api.rig.model.enqueue({ toolCalls: [{ name: 'look', arguments: {} }] }, { text: `The secret is out, ${store}.` });
    const json = { input: `Tell the secret, ${store}.`, store };
    return (await api.send('/v1/responses', { key, json })).headers.get('x-dragoman-run') ?? '';
  };
  const [kept, gone] = [await ask(true), await ask(false)];
  const stays = retentionOf(api.rig.config({ RETENTION_UNSTORED_MS: 600_000 }));
  const settings = { signingKey: 'k'.repeat(32), archives: false };
  await clean(api.rig.redis, api.rig.queues, stays, settings);
  expect((await api.send(`/v1/runs/${gone}`, { key })).status).toBe(200);
  await clean(api.rig.redis, api.rig.queues, { ...stays, unstoredMs: 0 }, settings);
  expect((await api.send(`/v1/runs/${gone}`, { key })).status).toBe(404);
  expect((await api.send(`/v1/runs/${kept}`, { key })).status).toBe(200);
  const dump = await everything(api.rig.redis);
  expect(dump.some((text) => text.includes('The secret is out, true.'))).toBe(true);
  expect(dump.filter((text) => /secret(?: is out)?, false/.test(text))).toEqual([]);
  expect(await readUsage(api.rig.redis, monthOf(Date.now()), 'api:private')).toMatchObject([{ runs: 2 }]);
  expect((await listAudit(api.rig.redis, { limit: 10, run: gone })).rows).not.toEqual([]);
});

/** All texts that Redis holds, but for the texts on their way to clients, which go within a minute. */
async function everything(redis: Redis): Promise<string[]> {
  const found: string[] = [];
  for (const name of await redis.keys('*')) {
    if (name.includes(':live:')) continue;
    const type = await redis.type(name);
    if (type === 'string') found.push((await redis.get(name)) ?? '');
    if (type === 'hash') found.push(...(await redis.hvals(name)));
    if (type === 'list') found.push(...(await redis.lrange(name, 0, -1)));
    if (type === 'stream') found.push(...(await redis.xrange(name, '-', '+')).flatMap(([, fields]) => fields));
    if (type === 'zset' || type === 'set')
      found.push(...(type === 'set' ? await redis.smembers(name) : await redis.zrange(name, '0', '-1')));
  }
  return found;
}
