import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiRig } from '#test/api/rig.ts';
import { serveApi } from '#test/api/serve.ts';
import { mark, messageText } from '#test/model/turn.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import type { Asked, Client, Heard } from './client.ts';
import { allPoints, applies, points, type Point, type Row } from './matrix.ts';
import { startRecorder, type Recorder } from './recorder.ts';

const png = 'data:image/png;base64,iVBORw0KGgo=';
const toolbox = createPlayedToolbox({ look: { run: () => 'The answer is 42.' } });

interface Trial {
  row: Row;
  api: ApiRig;
  ask: (asked: Asked) => Promise<Heard>;
  /** What the door answered to the last question, as it went over the wire. */
  wire: () => string;
}

/** Tests the points of these rows, each with its client. */
export function testTwelvePoints(rows: Row[], clientOf: (row: Row) => Client): void {
  let api: ApiRig;
  let recorder: Recorder | undefined;
  let key: string;
  serveApi(toolbox, async (started) => {
    api = started;
    key = await api.key();
  });
  beforeAll(async () => void (recorder = await startRecorder(api.url)));
  afterAll(() => recorder?.[Symbol.asyncDispose]());

  describe.each(rows)('$client', (row) => {
    const tried = allPoints.filter((point) => applies(point, row));
    test.each(tried.map((point) => [point, points[point]] as const))('%i: %s', async (point) => {
      if (!recorder) throw new Error('the recorder has started');
      const { url, answer } = recorder;
      const ask = (asked: Asked) => clientOf(row)(`${url}/v1`, key, asked);
      await trials[point]({ row, api, ask, wire: answer });
    });
  });
}

const looking = [{ text: 'I look. ', toolCalls: [{ name: 'look', arguments: { a: '1' } }] }, { text: 'It is 42.' }];

const trials: Record<Point, (trial: Trial) => Promise<void>> = {
  async 1({ api, ask }) {
    api.rig.model.script('look', looking);
    const { text, calls } = await ask({ text: mark('look', 'What is it?') });
    expect([text.replaceAll(/\s+/g, ' '), calls, toolbox.calls.length]).toEqual(['I look. It is 42.', [], 1]);
  },
  async 2({ api, ask, wire }) {
    api.rig.model.script('look', looking);
    const headers = { 'x-dragoman-server-tools': 'function_call' };
    const { text } = await ask({ text: mark('look', 'What is it?'), headers });
    expect(text).toContain('It is 42.');
    expect(wire()).toContain('"output":[{"type":"input_text","text":"The answer is 42."}]');
  },
  async 3({ api, ask, wire }) {
    api.rig.model.script('look', looking);
    await ask({ text: mark('look', 'What is it?') });
    expect(wire()).toContain('It is 42."');
    expect(wire()).not.toMatch(/"tool_calls":\[\]|"content":""/);
  },
  async 4({ api, ask, wire }) {
    api.rig.model.enqueue({ text: 'Hi.', usage: { prompt_tokens: 12, completion_tokens: 3 } });
    expect((await ask({ text: 'Hi' })).tokens).toBe(15);
    expect(wire().match(/"total_tokens":15/g)).toHaveLength(1);
  },
  async 5({ api, ask }) {
    api.rig.model.enqueue({ text: 'Hi.', reasoning: 'Let me think.' });
    expect((await ask({ text: 'Hi' })).text).toBe('Hi.');
  },
  async 6({ api, ask, wire }) {
    api.rig.model.enqueue({ text: 'Hi.' });
    expect((await ask({ text: 'Hi' })).text).toBe('Hi.');
    expect(wire()).toContain('"dragoman":{"run":');
  },
  async 7({ api, ask, wire }) {
    api.rig.model.enqueue({ text: 'Hi.' });
    expect((await ask({ text: 'Hi' })).text).toBe('Hi.');
    expect(wire()).toMatch(/^:/);
  },
  async 8({ api, ask }) {
    api.rig.model.enqueue({ text: 'A title' });
    expect((await ask({ text: 'Title?', model: 'gpt-agent-without-tools' })).text).toBe('A title');
    expect(api.rig.model.requests.at(-1)?.body.tools).toBeUndefined();
  },
  async 9({ ask }) {
    await expect(ask({ text: 'Hi', model: 'nope' })).rejects.toThrow(/nope.*gpt-agent/s);
  },
  async 10({ api, ask }) {
    api.rig.model.enqueue({ text: 'Arr.' });
    await ask({ text: 'Hi', system: 'Speak like a pirate.' });
    const [system] = api.rig.model.requests.at(-1)?.body.messages ?? [];
    expect(messageText(system)).toMatch(/^You are Dragoman[^]*Speak like a pirate\./);
  },
  async 11({ api, ask }) {
    api.rig.model.enqueue({ text: 'A dot.' });
    await ask({ text: 'What is it?', image: png });
    const content = api.rig.model.requests.at(-1)?.body.messages.at(-1)?.content;
    expect(content).toMatchObject([{ type: 'text' }, { type: 'image_url', image_url: { url: png } }]);
  },
  async 12({ row, api, ask }) {
    api.rig.model.fail(100, 401);
    const answer = ask({ text: 'Hi' });
    if (row.broken?.[12]) await expect(answer).resolves.toMatchObject({ text: '', calls: [] });
    else await expect(answer).rejects.toThrow(/model/i);
  },
};
