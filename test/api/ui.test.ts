import { lastAssistantMessageIsCompleteWithApprovalResponses, lastAssistantMessageIsCompleteWithToolCalls } from 'ai';
import { expect, test, vi } from 'vitest';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { mark } from '#test/model/turn.ts';
import type { ApiRig } from './rig.ts';
import { serveApi } from './serve.ts';
import { PageChat, shownOf, transportTo } from './ui-chat.ts';

let api: ApiRig;
const toolbox = createPlayedToolbox({
  look: { run: () => 'The answer is 42.' },
  fail: { run: () => ({ outcome: 'error', content: 'It is locked.' }) },
  write: { run: () => 'Written.', readOnly: false, permission: 'approve' },
  ask_user: { domain: 'builtin', run: () => '' },
});

serveApi(toolbox, (started) => void (api = started));

const page = async (init: ConstructorParameters<typeof PageChat>[0] = {}) =>
  new PageChat({ transport: transportTo(api.url, await api.key({ roles: ['member', 'operator'] })), ...init });

test('a page sees text and tools, and its next question knows them', async () => {
  const chat = await page();
  api.rig.model.script('look', [
    {
      text: 'I look.',
      toolCalls: [
        { name: 'look', arguments: { a: '1' } },
        { name: 'fail', arguments: {} },
      ],
    },
    { text: 'It is 42.' },
  ]);
  await chat.sendMessage({ text: mark('look', 'What is it?') });
  expect([chat.error, chat.status, chat.messages.length]).toEqual([undefined, 'ready', 2]);
  const { text, tools } = shownOf(chat.lastMessage);
  expect(text).toBe('I look.It is 42.');
  expect(tools.map(({ name, state }) => [name, state])).toEqual([
    ['look', 'output-available'],
    ['fail', 'output-error'],
  ]);
  expect(tools[0]?.part).toMatchObject({ input: { a: '1' }, output: 'The answer is 42.', providerExecuted: true });
  expect(chat.lastMessage?.metadata).toMatchObject({ run: expect.stringMatching(/^api-/), usage: {} });
  expect(chat.lastMessage?.parts.filter(({ type }) => type === 'step-start')).toHaveLength(2);
  api.rig.model.reset();
  api.rig.model.enqueue({ text: 'Yes.' });
  await chat.sendMessage({
    text: 'Sure?',
    files: [{ type: 'file', mediaType: 'image/png', url: 'data:image/png;base64,aGk=' }],
  });
  const asked = api.rig.model.requests.at(-1)?.body.messages.slice(1) ?? [];
  expect(asked.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'tool', 'assistant', 'user']);
  expect(asked[3]?.content).toBe('It is locked.');
  expect(asked[5]?.content).toMatchObject([{ type: 'image_url' }, { type: 'text', text: 'Sure?' }]);
});

test.each([true, false])('a page is asked and answers (%s), and the same message goes on', async (approved) => {
  const chat = await page({ sendAutomaticallyWhen: lastAssistantMessageIsCompleteWithApprovalResponses });
  api.rig.model.script('write', [
    { toolCalls: [{ name: 'write', arguments: { a: '1' } }] },
    { text: 'I have done what I could.' },
  ]);
  await chat.sendMessage({ text: mark('write', 'Write it.') });
  expect(chat.error).toBeUndefined();
  const [asked] = shownOf(chat.lastMessage).tools;
  expect(asked).toMatchObject({ name: 'write', state: 'approval-requested', part: { input: { a: '1' } } });
  expect(toolbox.calls).toEqual([]);
  const approval = asked && 'approval' in asked.part ? asked.part.approval : undefined;
  await chat.addToolApprovalResponse({ id: approval?.id ?? '', approved });
  await vi.waitFor(() => expect(chat.status).toBe('ready'));
  await vi.waitFor(() => expect(shownOf(chat.lastMessage).text).toBe('I have done what I could.'));
  expect(chat.error).toBeUndefined();
  expect(chat.messages).toHaveLength(2);
  const { tools } = shownOf(chat.lastMessage);
  expect(tools.map(({ state }) => state)).toEqual([approved ? 'output-available' : 'output-error']);
  expect(toolbox.calls).toHaveLength(approved ? 1 : 0);
});

test('a page sees what the model asks back, and what was said meanwhile', async () => {
  const key = await api.key({ roles: ['member', 'operator'] });
  const chat = new PageChat({ transport: transportTo(api.url, key) });
  api.rig.model.script('back', ({ body }) =>
    body.messages.every(({ role }) => role !== 'tool')
      ? { toolCalls: [{ name: 'ask_user', arguments: { question: 'Which one?' } }] }
      : { text: 'The blue one.' },
  );
  const sent = chat.sendMessage({ text: mark('back', 'Paint it.') });
  const part = await vi.waitFor(
    () => {
      const found = chat.lastMessage?.parts.find(({ type }) => type === 'data-question');
      expect(found).toMatchObject({ data: { question: 'Which one?' } });
      return found as { id: string };
    },
    { timeout: 20_000 },
  );
  const run = part.id.split(':')[0] ?? '';
  expect((await api.send(`/v1/runs/${run}/steer`, { key, json: { text: 'And quickly.' } })).status).toBe(202);
  expect((await api.send(`/v1/approvals/${part.id}`, { key, json: { answer: 'blue' } })).status).toBe(200);
  await sent;
  const data = chat.lastMessage?.parts.filter(({ type }) => type.startsWith('data-'));
  expect(data).toMatchObject([
    { type: 'data-question', data: { question: 'Which one?', answer: 'blue' } },
    { type: 'data-steered', data: { text: 'And quickly.' } },
  ]);
  expect(shownOf(chat.lastMessage).text).toBe('The blue one.');
});

test('a page runs its own tools', async () => {
  const ran: unknown[] = [];
  const body = { tools: [{ name: 'ring', parameters: { type: 'object' } }] };
  const chat: PageChat = await page({
    sendAutomaticallyWhen: lastAssistantMessageIsCompleteWithToolCalls,
    onToolCall({ toolCall }) {
      if (toolCall.toolName !== 'ring') return;
      ran.push(toolCall.input);
      void chat.addToolOutput({ tool: 'ring', toolCallId: toolCall.toolCallId, output: 'Hello?', options: { body } });
    },
  });
  api.rig.model.script('ring', [
    {
      toolCalls: [
        { name: 'look', arguments: {} },
        { name: 'ring', arguments: { who: 'Ada' } },
      ],
    },
    { text: 'She answers.' },
  ]);
  await chat.sendMessage({ text: mark('ring', 'Ring Ada.') }, { body });
  await vi.waitFor(() => expect(shownOf(chat.lastMessage).text).toBe('She answers.'));
  expect(chat.error).toBeUndefined();
  expect(ran).toEqual([{ who: 'Ada' }]);
  const asked = api.rig.model.requests.at(-1)?.body.messages.slice(1) ?? [];
  expect(asked.map(({ role, content }) => [role, role === 'tool' && content])).toEqual([
    ['user', false],
    ['assistant', false],
    ['tool', 'The answer is 42.'],
    ['tool', 'Hello?'],
  ]);
});

test('a page that is loaded again resumes the answer, and a chat without one has nothing to resume', async () => {
  const key = await api.key();
  const transport = transportTo(api.url, key);
  api.rig.model.script('slow', [{ text: 'word '.repeat(60), chunkDelayMs: 20 }]);
  const first = new PageChat({ id: 'chat-1', transport });
  const sent = first.sendMessage({ text: mark('slow', 'Count.') });
  await vi.waitFor(() => expect(shownOf(first.lastMessage).text).toMatch(/word/));
  await first.stop();
  await sent;
  const again = new PageChat({ id: 'chat-1', transport, messages: first.messages.slice(0, 1) });
  await again.resumeStream();
  expect([again.error, shownOf(again.lastMessage).text]).toEqual([undefined, 'word '.repeat(60)]);
  expect(await transport.reconnectToStream({ chatId: 'chat-1' })).toBeNull();
  expect(await transportTo(api.url, await api.key()).reconnectToStream({ chatId: 'chat-1' })).toBeNull();
});

test('an answer that begins again shows once, a failure is told, and a stop reaches the run', async () => {
  const chat = await page({ id: 'stopped' });
  api.rig.model.script('cut', (_, call) =>
    call === 0 ? { text: 'Half of it is ', cutAfterChunks: 3, chunkSize: 5, chunkDelayMs: 40 } : { text: 'All of it.' },
  );
  await chat.sendMessage({ text: mark('cut', 'Tell.') });
  expect([chat.error, shownOf(chat.lastMessage).text]).toEqual([undefined, 'All of it.']);
  api.rig.model.reset();
  api.rig.model.fail(100, 401);
  await chat.sendMessage({ text: 'Hi.' });
  expect(chat.error?.message).toMatch(/model/i);
  const key = await api.key();
  const stopped = new PageChat({ id: 'chat-2', transport: transportTo(api.url, key) });
  api.rig.model.reset();
  api.rig.model.script('slow', [{ text: 'word '.repeat(200), chunkDelayMs: 30 }]);
  const sent = stopped.sendMessage({ text: mark('slow', 'Count.') });
  await vi.waitFor(() => expect(shownOf(stopped.lastMessage).text).toMatch(/word /));
  const { status } = await api.send('/api/chat/chat-2/stream', { key, method: 'DELETE' });
  await sent;
  expect([status, stopped.status, stopped.error?.message]).toEqual([200, 'error', expect.stringMatching(/Stopped/)]);
});

test('a page gets an event stream of version 1 that ends with [DONE]; what it may not send is refused by name', async () => {
  const key = await api.key();
  const message = (parts: object[]) => ({ id: 'm', role: 'user', parts });
  api.rig.model.enqueue({ text: 'Hi.' });
  const stream = await api.send('/api/chat', {
    key,
    json: { id: 'a', messages: [message([{ type: 'text', text: 'Hi' }])] },
  });
  expect(stream.headers.get('x-vercel-ai-ui-message-stream')).toBe('v1');
  expect((await stream.text()).trimEnd()).toMatch(/data: \[DONE\]$/);
  for (const [json, param] of [
    [{ id: 'a', messages: [] }, 'messages'],
    [{ id: 'a:b', messages: [message([])] }, 'id'],
    [{ id: 'a', messages: [{ role: 'tool', parts: [] }] }, 'messages[0].role'],
    [
      { id: 'a', messages: [message([{ type: 'file', mediaType: 'application/pdf', url: 'data:,' }])] },
      'messages[0].parts[0]',
    ],
    [
      { id: 'a', messages: [message([{ type: 'file', mediaType: 'image/png', url: 'http://10.0.0.1/' }])] },
      'messages[0].parts[0]',
    ],
  ] as const) {
    const answer = await api.send('/api/chat', { key, json });
    expect([answer.status, await answer.json()]).toMatchObject([400, { error: { param } }]);
  }
  expect((await api.send('/api/chat', { json: { id: 'a', messages: [message([])] } })).status).toBe(401);
});
