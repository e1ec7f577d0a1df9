import { expect, test } from 'vitest';
import { messageText } from '#test/model/turn.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import type { ApiRig } from './rig.ts';
import { serveApi } from './serve.ts';

// The requests of Zed, which cannot be installed in a test: shapes of its source (crates/open_ai/src/completion.rs).
let api: ApiRig;
let key: string;
const toolbox = createPlayedToolbox({ read_file: { run: () => 'A file of the server.' } });
serveApi(toolbox, async (started) => {
  api = started;
  key = await api.key();
});

const tools = ['read_file', 'list_directory', 'fetch', 'terminal'].map((name) => ({
  name,
  description: `Zed's ${name}.`,
  parameters: { type: 'object', properties: {} },
}));
const picture = 'data:image/png;base64,iVBORw0KGgo=';

test('chat completions: its own read_file is called, and results with nothing or a picture in them go on', async () => {
  const calls = ['a', 'b'].map((id) => ({ id, type: 'function', function: { name: 'read_file', arguments: '{}' } }));
  const body = {
    model: 'dragoman',
    stream: true,
    stream_options: { include_usage: true },
    temperature: 1,
    max_completion_tokens: 4_096,
    tool_choice: 'auto',
    parallel_tool_calls: true,
    prompt_cache_key: 'thread-1',
    tools: tools.map((each) => ({ type: 'function', function: each })),
    messages: [
      { role: 'system', content: 'You work in an editor.' },
      { role: 'user', content: 'Read it.' },
      { role: 'assistant', content: null, tool_calls: calls, reasoning_content: 'Let me read.' },
      { role: 'tool', tool_call_id: 'a', content: [] },
      { role: 'tool', tool_call_id: 'b', content: [{ type: 'image_url', image_url: { url: picture } }] },
    ],
  };
  api.rig.model.enqueue({ toolCalls: [{ name: 'read_file', arguments: { path: 'a.rs' } }] });
  const answer = await api.send('/v1/chat/completions', { key, json: body });
  expect(answer.status).toBe(200);
  expect(await answer.text()).toContain('"function":{"name":"read_file","arguments":"{\\"path\\":\\"a.rs\\"}"}');
  expect(toolbox.calls).toEqual([]);
  const asked = api.rig.model.requests.at(-1)?.body.messages ?? [];
  expect(asked.filter(({ role }) => role === 'tool').map(messageText)).toEqual(['', '[image_url]']);
});

test('an answer that was stopped before its first word is no reason to refuse the next question', async () => {
  api.rig.model.enqueue({ text: 'Here I am.' });
  const messages = [
    { role: 'user', content: 'Hello?' },
    { role: 'assistant', content: '' },
    { role: 'user', content: 'Hello again?' },
  ];
  const answer = await api.send('/v1/chat/completions', { key, json: { model: 'dragoman', messages } });
  expect(answer.status).toBe(200);
});

test('Responses: results with nothing in them, and phases of answers, go on', async () => {
  const input = [
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Read it.' }] },
    {
      type: 'message',
      role: 'assistant',
      phase: 'commentary',
      status: 'completed',
      content: [{ type: 'output_text', text: 'I read.', annotations: [] }],
    },
    { type: 'function_call', call_id: 'a', name: 'read_file', arguments: '{}' },
    { type: 'function_call_output', call_id: 'a', output: [] },
  ];
  const own = tools.map((each) => ({ type: 'function', ...each }));
  const include = ['reasoning.encrypted_content'];
  api.rig.model.enqueue({ text: 'It is empty.' });
  const body = { model: 'dragoman', store: false, stream: true, input, tools: own, tool_choice: 'auto', include };
  const answer = await api.send('/v1/responses', { key, json: body });
  expect(answer.status).toBe(200);
  expect(await answer.text()).toContain('It is empty.');
});
