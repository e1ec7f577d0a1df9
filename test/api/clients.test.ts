import { describe, expect, test } from 'vitest';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { mark, messageText } from '#test/model/turn.ts';
import { clients } from './clients.ts';
import type { ApiRig } from './rig.ts';
import { serveApi } from './serve.ts';

// What breaks clients, each with the libraries themselves. Shapes that no library shows (empty members, parts of
// outputs, usage chunks) are in chat.test.ts and responses.test.ts; keep-alive comments in streams.test.ts.
let api: ApiRig;
let key: string;
const toolbox = createPlayedToolbox({ look: { run: () => 'The answer is 42.' } });
const png = 'data:image/png;base64,iVBORw0KGgo=';

serveApi(toolbox, async (started) => {
  api = started;
  key = await api.key();
});

/** It passes `response.failed` over, whoever sends it: its answer is empty then. */
const deafToFailures = '@langchain/openai responses';

describe.each(Object.entries(clients))('%s', (name, client) => {
  const ask = (asked: Parameters<typeof client>[2]) => client(`${api.url}/v1`, key, asked);

  test('1: a tool that ran here is no call of the client', async () => {
    api.rig.model.script('look', [
      { text: 'I look. ', toolCalls: [{ name: 'look', arguments: { a: '1' } }] },
      { text: 'It is 42.' },
    ]);
    const { text, calls } = await ask({ text: mark('look', 'What is it?') });
    expect([text.replaceAll(/\s+/g, ' '), calls, toolbox.calls.length]).toEqual(['I look. It is 42.', [], 1]);
  });

  test('4: usage is known where it is asked for, and as the gateway says', async () => {
    api.rig.model.enqueue({ text: 'Hi.', usage: { prompt_tokens: 12, completion_tokens: 3 } });
    expect((await ask({ text: 'Hi' })).tokens).toBe(15);
  });

  test('5: what the model thinks is not part of the text', async () => {
    api.rig.model.enqueue({ text: 'Hi.', reasoning: 'Let me think.' });
    expect((await ask({ text: 'Hi' })).text).toBe('Hi.');
  });

  test('8: the model without tools answers alone', async () => {
    api.rig.model.enqueue({ text: 'A title' });
    expect((await ask({ text: 'Title?', model: 'gpt-agent-without-tools' })).text).toBe('A title');
    expect(api.rig.model.requests.at(-1)?.body.tools).toBeUndefined();
  });

  test('9: an unknown model is an error that lists the known ones', async () => {
    await expect(ask({ text: 'Hi', model: 'nope' })).rejects.toThrow(/nope.*gpt-agent/s);
  });

  test("10: the client's instructions stand below ours", async () => {
    api.rig.model.enqueue({ text: 'Arr.' });
    await ask({ text: 'Hi', system: 'Speak like a pirate.' });
    const [system] = api.rig.model.requests.at(-1)?.body.messages ?? [];
    expect(messageText(system)).toMatch(/^You are Dragoman[^]*Speak like a pirate\./);
  });

  test('11: a picture reaches the model', async () => {
    api.rig.model.enqueue({ text: 'A dot.' });
    await ask({ text: 'What is it?', image: png });
    const content = api.rig.model.requests.at(-1)?.body.messages.at(-1)?.content;
    expect(content).toMatchObject([{ type: 'text' }, { type: 'image_url', image_url: { url: png } }]);
  });

  test('12: a failure is an error, never a silent end', async () => {
    api.rig.model.fail(100, 401);
    const answer = ask({ text: 'Hi' });
    if (name === deafToFailures) await expect(answer).resolves.toEqual({ text: '', calls: [], tokens: undefined });
    else await expect(answer).rejects.toThrow(/model/i);
  });
});
