import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { messageText } from '#test/model/turn.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import type { ApiRig } from './rig.ts';
import { serveApi } from './serve.ts';
import { readEvents } from './sse.ts';

// The requests of Open WebUI 0.12.4 with the settings of compose.yaml, as they were seen from the real one.
let api: ApiRig;
let key: string;
const toolbox = createPlayedToolbox({
  look: { run: () => 'The answer is 42.' },
  ask_user: { run: () => 'Nobody is there.' },
  write: { run: () => 'Written.', readOnly: false, permission: 'approve' },
});
serveApi(toolbox, async (started) => {
  api = started;
  key = await api.key();
});

interface Stack {
  services: { webui: { environment: Record<'OPENAI_API_CONFIGS' | 'TASK_MODEL_EXTERNAL', string> } };
}
const file = path.resolve(import.meta.dirname, '../../compose.yaml');
const { environment } = (parse(readFileSync(file, 'utf8')) as Stack).services.webui;
const [connection] = Object.values(
  JSON.parse(environment.OPENAI_API_CONFIGS) as Record<string, { api_type: string; headers: Record<string, string> }>,
);

/** Tools that it brings itself; one has the name of a tool of the server. */
const tools = ['get_current_timestamp', 'ask_user', 'search_memories'].map((name) => ({
  type: 'function',
  name,
  description: `Does ${name}.`,
  parameters: { type: 'object', properties: {} },
}));
const says = (text: string) => ({ type: 'message', role: 'user', content: [{ type: 'input_text', text }] });
const post = (json: object) => api.send('/v1/responses', { key, json, headers: connection?.headers ?? {} });

interface Item {
  type: string;
  name?: string;
  output?: unknown;
}

test('its question shows the tools of the server as functions, and its next one brings them back', async () => {
  expect(connection?.api_type).toBe('responses');
  api.rig.model.enqueue({ text: 'I look. ', toolCalls: [{ name: 'look', arguments: {} }] }, { text: 'It is 42.' });
  const stream = await readEvents(await post({ model: 'dragoman', stream: true, input: [says('What is it?')], tools }));
  const done = stream.map(({ data }) => data as { type: string; item?: Item });
  const items = done.flatMap(({ type, item }) => (type === 'response.output_item.done' && item ? [item] : []));
  expect(items.map(({ type }) => type)).toEqual(['message', 'function_call', 'function_call_output', 'message']);
  expect(items[2]?.output).toEqual([{ type: 'input_text', text: 'The answer is 42.' }]);
  // What needs a yes is not offered: it has nothing to show a question with.
  const offered = api.rig.model.requests.at(-1)?.body.tools?.map((tool) => tool.function.name) ?? [];
  expect(offered.toSorted()).toEqual(['ask_user', 'get_current_timestamp', 'look', 'search_memories']);

  api.rig.model.enqueue({ text: 'Yes.' });
  const kept = items.map((item) => keptOf(item as Item & Record<string, unknown>));
  const second = await post({ model: 'dragoman', input: [says('What is it?'), ...kept, says('Sure?')], tools });
  expect(second.status).toBe(200);
  const asked = api.rig.model.requests.at(-1)?.body.messages.slice(1) ?? [];
  expect(asked.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant', 'user']);
  expect(messageText(asked[2])).toContain('The answer is 42.');
});

test('a tool of its own is handed to it, also where the server has one of this name', async () => {
  api.rig.model.enqueue({ toolCalls: [{ name: 'ask_user', arguments: {} }] });
  const answer = await post({ model: 'dragoman', input: [says('Ask me.')], tools });
  const { output } = (await answer.json()) as { output: Item[] };
  expect(output.map(({ type, name }) => [type, name])).toEqual([['function_call', 'ask_user']]);
  expect(toolbox.calls).toEqual([]);
});

test('titles, tags and next questions come from the model without tools', async () => {
  api.rig.model.enqueue({ text: '{"title": "The Answer"}' });
  const input = [says('### Task:\nGenerate a concise title summarizing the chat history.')];
  const answer = await post({ model: environment.TASK_MODEL_EXTERNAL, input, max_output_tokens: 1_000 });
  expect(answer.status).toBe(200);
  expect(api.rig.model.requests.at(-1)?.body.tools).toBeUndefined();
});

/** What it keeps of an item for the next request. */
function keptOf({ type, ...item }: Item & Record<string, unknown>): object {
  const members = {
    message: ['role', 'content'],
    function_call: ['call_id', 'name', 'arguments', 'id'],
    function_call_output: ['call_id', 'output'],
  }[type];
  return { type, ...Object.fromEntries((members ?? []).map((member) => [member, item[member]])) };
}
