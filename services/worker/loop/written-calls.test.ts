import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { startRig, type Rig } from '#test/worker/rig.ts';

// Calls that a model writes as text are run under the checks of all calls.

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig[Symbol.asyncDispose]());
afterEach(() => rig.model.reset());

const hermes = (name: string, args: object): string =>
  `<tool_call>\n${JSON.stringify({ name, arguments: args })}\n</tool_call>`;

it('run, and their results go back like those of other calls', async () => {
  const toolbox = createPlayedToolbox({ look: { run: () => 'seen' } });
  await using _ = await rig.worker({ toolbox });
  rig.model.handle(({ step }) => ({
    text: step === 0 ? `I look.\n${hermes('functions.look', { at: 'a' })}` : 'Seen.',
  }));
  expect(await rig.ask('Look.')).toMatchObject({ outcome: 'answered', text: 'Seen.', tools: ['look'] });
  expect(toolbox.calls).toMatchObject([{ tool: 'look', arguments: { at: 'a' } }]);
  const [said, result] = rig.model.requests[1]?.body.messages.slice(-2) ?? [];
  expect(said).toMatchObject({
    content: 'I look.',
    tool_calls: [{ function: { name: 'look', arguments: '{"at":"a"}' } }],
  });
  expect(result).toMatchObject({ role: 'tool', tool_call_id: said?.tool_calls?.[0]?.id, content: 'seen' });
});

it('wait for a yes where the policy wants one', async () => {
  const toolbox = createPlayedToolbox({ put: { run: () => 'done', readOnly: false, permission: 'approve' } });
  await using _ = await rig.worker({ toolbox });
  rig.model.handle(({ step }) => ({ text: step === 0 ? hermes('put', { at: 'a' }) : 'Put.' }));
  const runId = await rig.accept('Put.');
  expect(await rig.entry(runId, 'approval.requested')).toMatchObject({ tool: 'put', arguments: '{"at":"a"}' });
  expect(toolbox.calls).toEqual([]);
});

it('are refused with wrong arguments, and the model is told', async () => {
  const toolbox = createPlayedToolbox({ look: { run: () => 'seen' } });
  await using _ = await rig.worker({ toolbox });
  rig.model.handle(({ step }) => ({ text: step === 0 ? hermes('look', { at: [1] }) : 'Mended.' }));
  expect(await rig.ask('Look.')).toMatchObject({ text: 'Mended.' });
  expect(rig.model.requests[1]?.request.results[0]?.text).toBe('at must be a string or a number.');
  expect(toolbox.calls).toEqual([]);
});

it.each([
  ['a block of code', `Models write:\n\`\`\`\n${hermes('look', {})}\n\`\`\``],
  ['a tool that is not offered', hermes('erase', {})],
])('are text in %s', async (_, text) => {
  const toolbox = createPlayedToolbox({ look: { run: () => 'seen' } });
  await using _worker = await rig.worker({ toolbox });
  rig.model.handle(() => ({ text }));
  expect(await rig.ask('How do models call tools?')).toMatchObject({ outcome: 'answered', text });
  expect(toolbox.calls).toEqual([]);
});
