import { expect, test } from 'vitest';
import { keys } from '#shared/redis/keys.ts';
import { revokeApiKey } from '#shared/rights/api-keys.ts';
import { acceptRun } from '#shared/run/accept.ts';
import { claimRun } from '#shared/run/claim.ts';
import { monthOf } from '#shared/run/usage.ts';
import { openJournal } from '#test/lib/claims.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { mark, messageText } from '#test/model/turn.ts';
import type { ApiRig } from './rig.ts';
import { serveApi } from './serve.ts';
import { readEvents, type Json } from './sse.ts';

let api: ApiRig;
const toolbox = createPlayedToolbox({
  ask_user: { domain: 'builtin', run: () => '' },
  look: { run: () => 'The answer is 42.' },
  write: { run: () => 'Written.', readOnly: false, permission: 'approve' },
});

serveApi(toolbox, (started) => void (api = started), { MODEL_RETRY_BUDGET_MS: 0 });

async function chat(
  key: string,
  content: string,
  more: object = {},
): Promise<{ status: number; run: string; body: Json }> {
  const response = await api.send('/v1/chat/completions', {
    key,
    json: { model: 'gpt-agent', messages: [{ role: 'user', content }], ...more },
  });
  return { status: response.status, run: response.headers.get('x-dragoman-run') ?? '', body: await response.json() };
}

async function get(key: string, route: string): Promise<Json> {
  const response = await api.send(route, { key });
  return { status: response.status, ...((await response.json()) as object) };
}

async function post(key: string, route: string, json: object = {}): Promise<Json> {
  const response = await api.send(route, { key, json });
  return { status: response.status, ...((await response.json()) as object) };
}

test('a session keeps its talk until it is deleted, and no other key sees it', async () => {
  const [ada, bob] = [await api.key(), await api.key()];
  api.rig.model.enqueue({ text: 'Hello Ada.' }, { text: 'You said so.' });
  const first = await post(ada, '/chat', { message: 'I am Ada.' });
  expect(first).toMatchObject({ status: 200, response: 'Hello Ada.' });
  const { session_id } = first;
  await post(ada, '/chat', { message: 'Who am I?', session_id });
  expect(
    api.rig.model.requests
      .at(-1)
      ?.body.messages.slice(1)
      .map(({ content }) => content),
  ).toEqual([expect.stringMatching(/I am Ada\.$/), 'Hello Ada.', expect.stringMatching(/Who am I\?$/)]);
  expect((await get(ada, `/chat/${session_id}`)).messages).toHaveLength(4);
  expect(await get(bob, `/chat/${session_id}`)).toMatchObject({ status: 404 });
  const gone = await api.send(`/chat/${session_id}`, { key: ada, method: 'DELETE' });
  expect(gone.status).toBe(200);
  expect(await get(ada, `/chat/${session_id}`)).toMatchObject({ status: 404 });
});

test('an answer that was cut says so in a session, streamed or not', async () => {
  const key = await api.key();
  api.rig.model.script('cut', [{ text: 'Once upon a', finishReason: 'length' }]);
  const said = expect.stringMatching(/^Once upon a\n\n\(Cut off: the model's limit/) as string;
  expect(await post(key, '/chat', { message: mark('cut', 'Tell.') })).toMatchObject({ response: said });
  const headers = { accept: 'text/event-stream' };
  const streamed = await readEvents(await api.send('/chat', { key, json: { message: mark('cut', 'Tell.') }, headers }));
  expect(streamed.at(-1)).toMatchObject({ event: 'done', data: { response: said } });
});

test('a session can be streamed', async () => {
  const key = await api.key();
  api.rig.model.script('stream', [{ toolCalls: [{ name: 'look', arguments: {} }] }, { text: 'It is 42.' }]);
  const response = await api.send('/chat', {
    key,
    json: { message: mark('stream', 'What?') },
    headers: { accept: 'text/event-stream' },
  });
  const events = await readEvents(response);
  expect(events[0]?.event).toBe('session');
  expect(events.find(({ event }) => event === 'tool')?.data).toEqual({ tool: 'look' });
  expect(
    events
      .filter(({ event }) => event === 'text')
      .map(({ data }) => data.text)
      .join(''),
  ).toBe('It is 42.');
  expect(events.at(-1)).toMatchObject({ event: 'done', data: { response: 'It is 42.' } });
});

test('lists, shows and streams the runs of a key; others find nothing', async () => {
  const [ada, bob, operator] = [await api.key(), await api.key(), await api.key({ roles: ['operator'] })];
  api.rig.model.script('seen', [{ toolCalls: [{ name: 'look', arguments: {} }] }, { text: 'It is 42.' }]);
  const { run } = await chat(ada, mark('seen', 'What is it?'));
  await chat(ada, 'And then?');
  const list = await get(ada, '/v1/runs?limit=1');
  expect(list).toMatchObject({ status: 200, has_more: true, data: [{ outcome: 'answered' }] });
  const next = await get(ada, `/v1/runs?limit=1&before=${list.next_before}`);
  expect(next.data).toMatchObject([{ id: run, question: mark('seen', 'What is it?') }]);
  expect(await get(ada, `/v1/runs/${run}`)).toMatchObject({
    answer: 'It is 42.',
    steps: [{ calls: [{ tool: 'look', outcome: 'ok', result: expect.stringContaining('42') }] }, { text: 'It is 42.' }],
  });
  expect(await get(operator, `/v1/runs/${run}`)).toMatchObject({ id: run });
  expect(await get(bob, `/v1/runs/${run}`)).toMatchObject({ status: 404 });
  expect((await get(bob, '/v1/runs')).data).toEqual([]);

  const all = await readEvents(await api.send(`/v1/runs/${run}/events`, { key: ada }));
  expect(all.map(({ event }) => event)).toEqual(
    expect.arrayContaining(['run.accepted', 'model.answered', 'tool.finished', 'run.ended']),
  );
  const half = all[3]!;
  const rest = await readEvents(
    await api.send(`/v1/runs/${run}/events`, { key: ada, headers: { 'last-event-id': half.id ?? '' } }),
  );
  expect(rest).toEqual(all.slice(4));
});

test('events of a run that is under way come as they happen', async () => {
  const key = await api.key();
  api.rig.model.script('slow', [{ text: 'one two three four five six', chunkSize: 4, chunkDelayMs: 30 }]);
  const asked = chat(key, mark('slow', 'Count.'));
  await api.rig.model.received(1);
  const [run] = (await get(key, '/v1/runs')).data;
  const events = await readEvents(await api.send(`/v1/runs/${run.id}/events`, { key }));
  expect(events.filter(({ event, id }) => event === 'text' && id === undefined).length).toBeGreaterThan(0);
  expect(events.at(-1)).toMatchObject({ event: 'run.ended', data: { outcome: 'answered' } });
  await asked;
});

test('a run can be cancelled', async () => {
  const key = await api.key();
  api.rig.model.script('slow', [{ text: 'word '.repeat(300), chunkDelayMs: 50 }]);
  const asked = chat(key, mark('slow', 'Count.'));
  await api.rig.model.received(1);
  const [run] = (await get(key, '/v1/runs')).data;
  expect(await post(key, `/v1/runs/${run.id}/cancel`)).toMatchObject({ status: 200, state: 'stopping' });
  expect(await asked).toMatchObject({ status: 409, body: { error: { code: 'run_stopped' } } });
});

test('a failed run is listed, previewed and replayed', async () => {
  const [key, operator] = [await api.key({ name: 'unlucky' }), await api.key({ roles: ['operator'] })];
  api.rig.model.fail(1, 401);
  const { run, status } = await chat(key, 'Will it work?');
  expect(status).toBe(502);
  expect((await get(key, '/v1/failed')).data).toMatchObject([{ id: run, outcome: 'failed' }]);
  expect(await post(key, '/v1/failed', { user: 'unlucky' })).toMatchObject({ status: 403 });
  expect((await post(operator, '/v1/failed', { user: 'unlucky' })).data).toMatchObject([{ id: run, effects: [] }]);
  api.rig.model.enqueue({ text: 'It works.' });
  const replayed = await post(operator, '/v1/failed', { user: 'unlucky', preview: false });
  expect(replayed).toMatchObject({ status: 202, data: [{ replay_of: run, state: 'accepted' }] });
  expect((await api.rig.ended(replayed.data[0].run)).text).toBe('It works.');
  expect((await get(key, '/v1/failed')).data).toEqual([]);
});

test('a replay may ask another question of another model, or only be tried', async () => {
  const key = await api.key();
  const { run } = await chat(key, 'First question?');
  api.rig.model.enqueue({ text: 'Tried.' });
  const tried = await post(key, `/v1/runs/${run}/replay`, { from: 'start', dry_run: true });
  expect(tried).toMatchObject({ status: 202, state: 'accepted' });
  expect((await api.rig.ended(tried.run)).text).toBe('Tried.');
  api.rig.model.enqueue({ text: 'Another.' });
  const again = await post(key, `/v1/runs/${run}/replay`, { from: 'start', text: 'Second question?', model: 'other' });
  expect(again).toMatchObject({ status: 202, state: 'accepted' });
  expect((await api.rig.ended(again.run)).text).toBe('Another.');
  const { body } = api.rig.model.requests.at(-1)!;
  expect([body.model, body.messages.at(-1)?.content]).toEqual(['other', 'Second question?']);
});

test('a replay asks the recorded model only where its key may ask for it still', async () => {
  const operator = await api.key({ name: 'replayer', roles: ['operator'] });
  const asker = { name: 'narrowed', roles: ['member'] };
  const wide = await api.key(asker);
  const runs: string[] = [];
  for (let times = 0; times < 2; times += 1) {
    api.rig.model.fail(1, 401);
    runs.push((await chat(wide, 'Will it work?', { model: 'other' })).run);
  }
  const [run = '', second = ''] = runs;
  await revokeApiKey(api.rig.redis, 'narrowed');
  const narrow = await api.key({ ...asker, models: ['gpt-agent'] });
  const refused = { status: 403, error: { param: 'model', code: 'model_not_allowed' } };
  for (const key of [narrow, operator]) {
    expect(await post(key, `/v1/runs/${run}/replay`)).toMatchObject(refused);
    expect(await post(key, `/v1/runs/${run}/replay`, { dry_run: true })).toMatchObject(refused);
  }
  const bulk = await post(operator, '/v1/failed', { user: 'narrowed', preview: false });
  expect(bulk.data).toMatchObject([{ state: 'refused', problem: expect.stringContaining('Name another one') }, {}]);
  const calls = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'replay_run', arguments: { run } } };
  const headers = { accept: 'application/json, text/event-stream' };
  expect(await (await api.send('/mcp', { key: operator, json: calls, headers })).text()).toContain('Name another one');
  const named = await post(narrow, `/v1/runs/${run}/replay`, { model: 'gpt-agent' });
  expect(named).toMatchObject({ status: 202, state: 'accepted' });
  await api.rig.ended(named.run);
  // Nor does a key that may do less than the one whose run it replays.
  const third = await api.key({ roles: ['operator'], models: ['gpt-agent'] });
  await revokeApiKey(api.rig.redis, 'narrowed');
  await api.key(asker);
  expect(await post(third, `/v1/runs/${second}/replay`)).toMatchObject(refused);
  const granted = await post(operator, `/v1/runs/${second}/replay`);
  expect(granted).toMatchObject({ status: 202, state: 'accepted' });
  await api.rig.ended(granted.run);
  expect(api.rig.model.requests.at(-1)?.body.model).toBe('other');
});

test('a call that needs a yes waits for one, where the client says that somebody can give it', async () => {
  const [key, other] = [await api.key({ roles: ['operator'] }), await api.key()];
  api.rig.model.script('write', [{ toolCalls: [{ name: 'write', arguments: { text: 'x' } }] }, { text: 'Done.' }]);
  const without = await chat(key, mark('write', 'Write x.'));
  expect([without.body.choices[0].message.content, toolbox.calls]).toEqual(['Done.', []]);

  const asked = chat(key, mark('write', 'Write x.'), { dragoman: { approvals: true } });
  let waiting: Json[] = [];
  while (waiting.length === 0) waiting = (await get(key, '/v1/approvals')).data;
  expect(waiting).toMatchObject([{ tool: 'write', arguments: '{"text":"x"}', kind: 'policy' }]);
  expect((await get(other, '/v1/approvals')).data).toEqual([]);
  expect(await post(other, `/v1/approvals/${waiting[0].id}`, { decision: 'allow' })).toMatchObject({ status: 404 });
  expect(await post(key, `/v1/approvals/${waiting[0].id}`, { decision: 'happened' })).toMatchObject({ status: 400 });
  expect(await post(key, `/v1/approvals/${waiting[0].id}`, { decision: 'allow' })).toMatchObject({ status: 200 });
  expect((await asked).body.choices[0].message.content).toBe('Done.');
  expect(toolbox.calls).toHaveLength(1);
  expect(await post(key, `/v1/approvals/${waiting[0].id}`, { decision: 'deny' })).toMatchObject({ status: 409 });
});

test('what the model asks back is answered in words, where the client says that somebody can', async () => {
  const [key, other] = [await api.key({ roles: ['operator'] }), await api.key()];
  api.rig.model.script('back', ({ results }) =>
    results.length === 0
      ? { toolCalls: [{ name: 'ask_user', arguments: { question: 'Which one?' } }] }
      : { text: results[0]?.text ?? '' },
  );
  const asked = chat(key, mark('back', 'Do it.'), { dragoman: { approvals: true } });
  let waiting: Json[] = [];
  while (waiting.length === 0) waiting = (await get(key, '/v1/approvals')).data;
  expect(waiting).toMatchObject([{ kind: 'ask-user', why: 'Which one?', tool: 'ask_user' }]);
  const path = `/v1/approvals/${waiting[0].id}`;
  expect(await post(other, path, { answer: 'mine' })).toMatchObject({ status: 404 });
  expect(await post(key, path, { decision: 'allow' })).toMatchObject({ status: 404 });
  expect(await post(key, path, {})).toMatchObject({ status: 400 });
  expect(await post(key, path, { answer: 'the red one' })).toMatchObject({ status: 200 });
  expect((await asked).body.choices[0].message.content).toMatch(/ answers: the red one$/);
  expect(await post(key, path, { answer: 'the blue one' })).toMatchObject({ status: 409 });
});

test('usage and audit tell a key of its own, and an operator of all', async () => {
  const [key, operator] = [await api.key({ name: 'spender' }), await api.key({ roles: ['operator'] })];
  api.rig.model.script('cost', [
    { toolCalls: [{ name: 'look', arguments: {} }], cost: 0.25 },
    { text: 'Yes.', cost: 0.5 },
  ]);
  await chat(key, mark('cost', 'Is it?'));
  const own = await get(key, '/v1/usage');
  expect(own.data).toMatchObject([{ caller: 'api:spender', runs: 1, cost_usd: 0.75 }]);
  expect((await get(operator, '/v1/usage')).data.length).toBeGreaterThan(1);
  const member = async () => {
    const { data } = await get(operator, '/v1/usage?by=role');
    return data.find(({ role }: { role: string }) => role === 'member');
  };
  const before = await member();
  await chat(await api.key(), mark('cost', 'Is it so?'));
  const after = await member();
  expect([after.runs - before.runs, after.cost_usd - before.cost_usd]).toEqual([1, expect.closeTo(0.75)]);
  expect(await get(key, '/v1/usage?by=role')).toMatchObject({ status: 403 });
  expect(await get(operator, '/v1/usage?by=people')).toMatchObject({ status: 400, error: { param: 'by' } });
  expect((await get(key, '/v1/audit')).data.map(({ kind }: { kind: string }) => kind)).toEqual([
    'outcome',
    'intent',
    'key',
  ]);
  expect((await get(key, '/v1/audit?user=api:other')).data).toHaveLength(3);
});

test('an answer that was stopped has used what came of it', async () => {
  const key = await api.key({ name: 'stopper' });
  api.rig.model.script('long', [{ text: 'word '.repeat(600), chunkDelayMs: 20 }]);
  const leaves = new AbortController();
  const messages = [{ role: 'user', content: mark('long', 'one two three four '.repeat(100)) }];
  const json = { model: 'gpt-agent', stream: true, messages };
  const answer = await api.send('/v1/chat/completions', { key, json, signal: leaves.signal });
  const reader = answer.body!.getReader();
  for (let seen = ''; seen.split('word').length < 50;)
    seen += Buffer.from((await reader.read()).value ?? []).toString();
  leaves.abort();
  await expect.poll(async () => (await get(key, '/v1/usage')).data[0]?.runs).toBe(1);
  const [{ input_tokens, output_tokens }] = (await get(key, '/v1/usage')).data;
  expect([input_tokens > 400, output_tokens >= 49, output_tokens < 600]).toEqual([true, true, true]);
});

test('tools are those of the policy', async () => {
  const [key, none] = [await api.key(), await api.key({ roles: [] })];
  const names = async (of: string) => (await get(of, '/v1/tools')).data.map(({ name }: { name: string }) => name);
  while ((await names(await api.key({ roles: ['operator'] }))).length === 0);
  expect(await names(key)).toEqual(['ask_user']);
  expect(await names(none)).toEqual([]);
});

test('a run that is under way can be told more, and does not end before it has answered to it', async () => {
  const key = await api.key();
  api.rig.model.script('steered', ({ body }) => {
    const said = body.messages.map(messageText);
    if (said.includes('In French, please.')) return { text: 'Quarante-deux.' };
    return { text: 'It is forty-two, as everybody knows.', chunkSize: 4, chunkDelayMs: 100 };
  });
  const asked = chat(key, mark('steered', 'What is it?'));
  await api.rig.model.received(1);
  const [run] = (await get(key, '/v1/runs')).data;
  expect(await post(key, `/v1/runs/${run.id}/steer`, { text: 'In French, please.' })).toMatchObject({ status: 202 });
  expect((await asked).body.choices[0].message.content).toBe('Quarante-deux.');
  const second = api.rig.model.requests[1]?.body.messages.slice(1);
  expect(second?.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
  expect(await post(key, `/v1/runs/${run.id}/steer`, { text: 'And now?' })).toMatchObject({ status: 409 });
});

test('an answer says how the budget stood', async () => {
  const key = await api.key({ name: 'watcher', budgetUsd: 2 });
  await api.rig.redis.hset(keys.usage(monthOf(Date.now())), 'api:watcher usd', 1.75);
  const json = { model: 'gpt-agent', messages: [{ role: 'user', content: 'How are we?' }] };
  api.rig.model.enqueue({ text: 'Well.' });
  const response = await api.send('/v1/chat/completions', { key, json });
  expect([response.status, response.headers.get('x-dragoman-budget')]).toEqual([200, 'used=1.75, limit=2']);
});

test('whether a call happened may be said by whoever asked, though the tool is no longer granted to them', async () => {
  const { redis } = api.rig;
  const key = await api.key({ name: 'asker-of-old', roles: ['member'] });
  const caller = { kind: 'api' as const, id: 'asker-of-old', roles: ['member'] };
  // The worker has the first run of the talk, so that nobody takes the others.
  api.rig.model.script('held', [{ hang: true }]);
  const store = { redis, queues: api.rig.queues };
  const first = { id: 'of-old', conversation: 'of-old', text: mark('held', 'Wait.'), caller };
  await acceptRun(store, first);
  for (const kind of ['unknown-outcome', 'policy'] as const) {
    const id = `of-old-${kind}`;
    await acceptRun(store, { ...first, id, text: 'Write x.' });
    await claimRun(store, id, 'w-dead');
    const question = { approval: '0-0', step: 0, call: 0, tool: 'revoked_tool', arguments: '{}', argumentsHash: '' };
    await openJournal(redis, id, 1).append({ type: 'approval.requested', ...question, kind, expiresAt: 2e12 });
  }
  expect(await post(key, '/v1/approvals/of-old-policy:0-0', { decision: 'allow' })).toMatchObject({ status: 403 });
  const said = await post(key, '/v1/approvals/of-old-unknown-outcome:0-0', { decision: 'happened' });
  expect(said).toMatchObject({ status: 200, decision: 'happened' });
});
