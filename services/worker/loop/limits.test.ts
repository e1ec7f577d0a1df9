import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { stopRun } from '#shared/runs/stop.ts';
import { mark } from '#test/model/turn.ts';
import { createPlayedToolbox, untilStopped } from '#test/worker/played-toolbox.ts';
import { startRig, type Rig } from '#test/worker/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig[Symbol.asyncDispose]());
afterEach(() => rig.model.reset());

let count = 0;
const look = () => ({ toolCalls: [{ name: 'look', arguments: { at: (count += 1) } }] });
const looking = () => createPlayedToolbox({ look: { run: () => 'seen' } });

describe('a run ends', () => {
  it('with an answer from what it has after its rounds of tools', async () => {
    await using _ = await rig.worker({ toolbox: looking() });
    rig.model.handle(({ body }) => (body.tool_choice === 'none' ? { text: 'So far.' } : look()));
    const end = await rig.ask('Look on and on.', { maxIterations: 2 });
    expect(end).toMatchObject({ outcome: 'answered', text: 'So far.', iterations: 3 });
  });

  it('after one round of tools in single-shot mode', async () => {
    const toolbox = looking();
    await using _ = await rig.worker({ toolbox });
    rig.model.handle(({ body }) => (body.tool_choice === 'none' ? { text: 'Once.' } : look()));
    const end = await rig.ask('Look.', { mode: 'single-shot' });
    expect(end).toMatchObject({ outcome: 'answered', text: 'Once.', iterations: 2 });
    expect(toolbox.calls).toHaveLength(1);
  });

  it('when its budget is used up, and says what was done', async () => {
    await using _ = await rig.worker({ toolbox: looking() });
    rig.model.handle(() => ({ ...look(), cost: 0.3 }));
    const end = await rig.ask('Look.', { budgetUsd: 0.5 });
    expect(end).toMatchObject({ outcome: 'failed', reason: 'budget', iterations: 2, usage: { costUsd: 0.6 } });
    expect(end.text).toBe('This question has used up its budget of $0.5; it cost $0.6000 so far. Done: look (2×).');
  });

  it('at its deadline, in the middle of a tool call', async () => {
    await using _ = await rig.worker({ toolbox: createPlayedToolbox({ look: { run: untilStopped } }) });
    rig.model.script('slow', [look()]);
    const end = await rig.ask(mark('slow', 'Look.'), { deadlineMs: 3_000 });
    expect(end).toMatchObject({ outcome: 'failed', reason: 'deadline' });
    expect(end.text).toBe('The time for this question is over. Not done: look.');
  });

  it('when the model says nothing, after it was asked again', async () => {
    await using _ = await rig.worker({ toolbox: looking() });
    rig.model.handle(() => ({ text: '' }));
    const end = await rig.ask('Say something.');
    expect(end).toMatchObject({ outcome: 'failed', reason: 'empty-answers', iterations: 4 });
    rig.model.handle((_request, call) => ({ text: call === 0 ? '' : 'Something.' }));
    expect(await rig.ask('Say something.')).toMatchObject({ outcome: 'answered', text: 'Something.' });
  });
});

describe('Stop', () => {
  it("ends the tool's work and says what was and was not done", async () => {
    const write = { run: () => 'written', readOnly: false };
    const toolbox = createPlayedToolbox({ write, look: { run: untilStopped } });
    await using _ = await rig.worker({ toolbox });
    const calls = [{ name: 'write', arguments: {} }, ...look().toolCalls];
    rig.model.script('stop', [{ toolCalls: calls }]);
    const runId = await rig.accept(mark('stop', 'Write, then look.'));
    await rig.until(
      runId,
      ({ ...event }) => event.kind === 'entry' && event.entry.type === 'tool.intended' && event.entry.call === 1,
    );
    expect(await stopRun({ redis: rig.redis, queues: rig.queues }, runId, 'Ann')).toBe('stopping');
    const end = await rig.ended(runId);
    expect(end).toMatchObject({ outcome: 'stopped', reason: 'stopped' });
    expect(end.text).toBe('Stopped by Ann. Done: write. Not done: look.');
  });

  it("ends the model's stream", async () => {
    await using _ = await rig.worker({ toolbox: looking() });
    rig.model.script('endless', [{ text: 'word '.repeat(50), hangAfterChunks: 3 }]);
    const runId = await rig.accept(mark('endless', 'Talk.'));
    await rig.until(runId, (event) => event.kind === 'live');
    await stopRun({ redis: rig.redis, queues: rig.queues }, runId, 'Ann');
    expect(await rig.ended(runId)).toMatchObject({
      outcome: 'stopped',
      text: 'Stopped by Ann. No tool had been used.',
    });
    expect(await rig.model.ended(0)).toMatchObject({ aborted: true });
  });
});
