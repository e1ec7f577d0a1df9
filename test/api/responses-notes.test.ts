import { expect, test } from 'vitest';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { mark } from '#test/model/turn.ts';
import type { ApiRig } from './rig.ts';
import { serveApi } from './serve.ts';
import { readEvents, type Json } from './sse.ts';

// Programs such as Codex show nobody a question, and send the whole conversation with each request. With the header
// `x-dragoman-approvals: text` an answer says in words what waits for whose yes.

let api: ApiRig;
const toolbox = createPlayedToolbox({
  write: { run: () => 'Written.', readOnly: false, permission: 'approve' },
});

serveApi(toolbox, (started) => void (api = started));

const turns = [
  { text: 'I write it.', toolCalls: [{ name: 'write', arguments: { path: 'a.txt' } }] },
  { text: 'It is written.' },
];

type Input = { role: string; content: unknown }[];

/** A conversation as Codex has it: each answer's messages come again as input, without ids, and nothing is stored. */
function conversation(key: string) {
  const input: Input = [];
  return {
    input,
    say: async (text: string, stream = true): Promise<{ said: string[]; run: string; items: Json[] }> => {
      input.push({ role: 'user', content: [{ type: 'input_text', text }] });
      const json = { model: 'gpt-agent', stream, store: false, input };
      const headers = { 'x-dragoman-approvals': 'text' };
      const response = await api.send('/v1/responses', { key, json, headers });
      expect(response.status).toBe(200);
      const run = response.headers.get('x-dragoman-run') ?? '';
      const whole = stream ? (await readEvents(response)).at(-2)?.data.response : ((await response.json()) as Json);
      expect(whole).toMatchObject({ status: 'completed' });
      const items = whole.output as Json[];
      const messages = items.filter(({ type }) => type === 'message');
      input.push(...messages.map(({ role, content }) => ({ role, content })));
      return { said: messages.map(({ content }) => content[0].text as string), run, items };
    },
  };
}

test('an answer that needs a yes says what waits, for whose yes and how to give it; a typed yes goes on', async () => {
  api.rig.model.script('ask', turns);
  const key = await api.key({ name: 'codex', roles: ['operator'] });
  const { say } = conversation(key);
  const asked = await say(mark('ask', 'Write a.txt.'));
  expect(asked.said[0]).toBe('I write it.');
  const note = asked.said[1] ?? '';
  const [waiting] = ((await (await api.send('/v1/approvals', { key })).json()) as Json).data;
  for (const part of [asked.run, waiting.id, '`write`', 'a.txt', 'dragoman approvals', '/v1/approvals/', '`yes`']) {
    expect(note).toContain(part);
  }
  expect(asked.items.map(({ type }) => type)).toContain('mcp_approval_request');
  // Nothing was decided, so that it waits still, in the same words.
  const still = await say('continue', false);
  expect([still.run, still.said.at(-1), toolbox.calls.length]).toEqual([asked.run, note, 0]);
  const done = await say('Yes.');
  expect([done.run, done.said, toolbox.calls.length]).toEqual([asked.run, ['It is written.'], 1]);
});

test('a decision that was made elsewhere is gone on with', async () => {
  api.rig.model.script('elsewhere', turns);
  const key = await api.key({ roles: ['operator'] });
  const { say } = conversation(key);
  const { run } = await say(mark('elsewhere', 'Write a.txt.'));
  const [waiting] = ((await (await api.send('/v1/approvals', { key })).json()) as Json).data.filter(
    (each: Json) => each.run === run,
  );
  await api.send(`/v1/approvals/${waiting.id}`, { key, json: { decision: 'allow' } });
  const done = await say('continue');
  expect([done.run, done.said, toolbox.calls.length]).toEqual([run, ['It is written.'], 1]);
});

test('a typed no is a no; anything else goes on without it, and the run that waits is stopped', async () => {
  api.rig.model.script('no', [turns[0]!, { text: 'Then not.' }]);
  const key = await api.key({ roles: ['operator'] });
  const refused = conversation(key);
  await refused.say(mark('no', 'Write a.txt.'));
  expect((await refused.say('no')).said).toEqual(['Then not.']);
  api.rig.model.reset();
  api.rig.model.script('other', turns);
  const other = conversation(key);
  const asked = await other.say(mark('other', 'Write a.txt.'));
  api.rig.model.reset();
  api.rig.model.enqueue({ text: 'The weather is fine.' });
  const next = await other.say('How is the weather?');
  expect(next.said).toEqual(['The weather is fine.']);
  expect(next.run).not.toBe(asked.run);
  expect(await api.rig.ended(asked.run)).toMatchObject({ outcome: 'stopped' });
  expect(toolbox.calls).toEqual([]);
});

test("nobody decides what is another key's, whatever text they send", async () => {
  api.rig.model.script('mine', turns);
  const mine = conversation(await api.key({ roles: ['operator'] }));
  const asked = await mine.say(mark('mine', 'Write a.txt.'));
  const theirs = conversation(await api.key({ roles: ['member'] }));
  theirs.input.push(...mine.input);
  api.rig.model.reset();
  api.rig.model.enqueue({ text: 'Yes what?' });
  const answer = await theirs.say('yes');
  expect(answer.run).not.toBe(asked.run);
  expect(toolbox.calls).toEqual([]);
});
