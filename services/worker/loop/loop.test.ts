import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readJournal } from '#shared/run/journal.ts';
import { mark, messageText } from '#test/model/turn.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { startRig, type Rig } from '#test/worker/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig[Symbol.asyncDispose]());
afterEach(() => rig.model.reset());

const look = (arguments_: Record<string, unknown> | string = {}) => ({ name: 'look', arguments: arguments_ });

describe('a run', () => {
  it('calls the tools that the model asks for and answers with their results', async () => {
    const toolbox = createPlayedToolbox({ look: { run: ({ arguments: { at } }) => `saw ${String(at)}` } });
    await using _ = await rig.worker({ toolbox });
    rig.model.script('look', [
      { toolCalls: [look({ at: 'a' }), look({ at: 'b' })], cost: 0.25 },
      { text: 'I saw both.', usage: { prompt_tokens: 10, completion_tokens: 5 }, cost: 0.5 },
    ]);
    const end = await rig.ask(mark('look', 'What is there?'), { caller: { kind: 'terminal', id: 'ann', name: 'Ann' } });
    expect(end).toMatchObject({ outcome: 'answered', text: 'I saw both.', iterations: 2, tools: ['look'] });
    expect(end.models).toEqual(['default']);
    expect(end.usage).toMatchObject({ costUsd: 0.75, estimated: false });
    expect(end.usage.outputTokens).toBeGreaterThanOrEqual(5);
    expect(end.firstTokenMs).toBeLessThanOrEqual(end.durationMs);
    expect(rig.model.requests[1]?.request.results.map((result) => result.text)).toEqual(['saw a', 'saw b']);
    expect(rig.model.requests[0]?.request.user).toBe('Ann: What is there? [script:look]');
  });

  it('stores each step before what follows from it', async () => {
    const toolbox = createPlayedToolbox({ look: { run: () => 'seen' } });
    await using _ = await rig.worker({ toolbox });
    rig.model.script('order', [{ toolCalls: [look()] }, { text: 'Done.' }]);
    const end = await rig.ask(mark('order', 'Look.'));
    const entries = (await readJournal(rig.redis, end.runId)).map(({ entry }) => entry);
    expect(entries.map((entry) => entry.type)).toEqual([
      'run.accepted',
      'run.claimed',
      'model.answered',
      'tool.intended',
      'tool.finished',
      'model.answered',
      'run.ended',
    ]);
    expect(toolbox.calls[0]?.key).toBe(`${end.runId}:0:0`);
  });

  it('asks the model while a result is being stored, and does nothing on its answer before that stands', async () => {
    const held = async () => void (await rig.redis.client('PAUSE', 60_000, 'WRITE'));
    const toolbox = createPlayedToolbox({
      look: { run: () => held().then(() => 'seen') },
      write: { readOnly: false, run: () => 'written' },
    });
    await using _ = await rig.worker({ toolbox });
    const script = mark('beside', 'Look.');
    rig.model.script('beside', [
      { toolCalls: [look()] },
      { toolCalls: [{ name: 'write', arguments: {} }] },
      { text: 'Done.' },
    ]);
    const runId = await rig.accept(script);
    await rig.model.received(2);
    expect(rig.model.requests[1]?.request.results.map(({ text }) => text)).toEqual(['seen']);
    const types = async () => (await readJournal(rig.redis, runId)).map(({ entry }) => entry.type);
    expect(await types()).not.toContain('tool.finished');
    // The call that the answer asks for is not made: its intent cannot be stored before the result is.
    expect(toolbox.calls.map(({ tool }) => tool)).toEqual(['look']);
    await rig.redis.client('UNPAUSE');
    expect(await rig.ended(runId)).toMatchObject({ outcome: 'answered', text: 'Done.' });
    expect((await types()).slice(4)).toEqual([
      'tool.finished',
      'model.answered',
      'tool.intended',
      'tool.finished',
      'model.answered',
      'run.ended',
    ]);
  });

  it('remembers the conversation and tells the model who spoke', async () => {
    await using _ = await rig.worker({ toolbox: createPlayedToolbox({}) });
    rig.model.handle(({ body }) => ({ text: `There are ${body.messages.length} messages.` }));
    const ask = (text: string) =>
      rig.ask(text, { conversation: 'c1', caller: { kind: 'terminal', id: 'ann', name: 'Ann' } });
    await ask('First');
    const second = await ask('Second');
    expect(second.text).toBe('There are 4 messages.');
    const texts = rig.model.requests.at(-1)?.body.messages.map(messageText).slice(1);
    expect(texts).toEqual(['Ann: First', 'There are 2 messages.', 'Ann: Second']);
  });
});
