import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { keys } from '#shared/redis/keys.ts';
import { foldJournal } from '#shared/run/fold/fold.ts';
import { readJournal } from '#shared/run/journal.ts';
import { stopRun } from '#shared/run/stop.ts';
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

  it('when the month is used up, together with what runs of the same caller have cost that have not ended', async () => {
    const reached = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    const hold = { run: async () => (reached.resolve(), await held.promise, 'held') };
    await using _ = await rig.worker({ toolbox: createPlayedToolbox({ hold, look: { run: () => 'seen' } }) });
    const caller = { kind: 'api' as const, id: 'spender', name: 'spender', discordRoles: [] };
    const held3 = [
      { toolCalls: [{ name: 'hold', arguments: {} }], cost: 0.3 },
      { text: 'Whole.', cost: 0.1 },
    ];
    rig.model.script('first', held3);
    rig.model.script('second', [
      { ...look(), cost: 0.3 },
      { text: 'Never asked for.', cost: 0.3 },
    ]);
    rig.model.script('third', [{ text: 'Never asked for.', cost: 0.3 }]);
    const monthUsd = 0.55;
    const first = await rig.accept(mark('first', 'Hold.'), { caller, monthUsd, conversation: 'one' });
    await reached.promise;
    const second = await rig.ask(mark('second', 'Look.'), { caller, monthUsd, conversation: 'two' });
    expect(second).toMatchObject({ outcome: 'failed', reason: 'budget', usage: { costUsd: 0.3 } });
    expect(second.text).toBe('The budget for this month, $0.55, is used up. Done: look.');
    expect(await rig.ask(mark('third', 'More.'), { caller, monthUsd, conversation: 'three' })).toMatchObject({
      outcome: 'failed',
      usage: { costUsd: 0 },
    });
    held.resolve();
    // It looks as well before it asks the model once more.
    expect(await rig.ended(first)).toMatchObject({ outcome: 'failed', reason: 'budget', usage: { costUsd: 0.3 } });
    expect(await rig.redis.exists(keys.spending('api:spender'))).toBe(0);
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

describe('one answer with very many calls', () => {
  const many = (count: number, args: (at: number) => Record<string, unknown>) =>
    Array.from({ length: count }, (_, at) => ({ name: 'look', arguments: args(at) }));
  const lastResults = () => rig.model.requests.at(-1)?.request.results.map(({ text }) => text) ?? [];

  it('has as many made as are allowed; the model is told of the rest, and the journal stays small', async () => {
    const toolbox = looking();
    await using _ = await rig.worker({ toolbox }, { MAX_CALLS_PER_ANSWER: 5 });
    rig.model.script('many', [{ toolCalls: many(3_500, (at) => ({ at })) }, { text: 'Done.' }]);
    const runId = await rig.accept(mark('many', 'Look.'));
    expect(await rig.ended(runId)).toMatchObject({ outcome: 'answered', text: 'Done.' });
    expect(toolbox.calls.map((call) => call.arguments['at'])).toEqual([0, 1, 2, 3, 4]);
    expect(lastResults()).toHaveLength(5);
    expect(lastResults().at(-1)).toMatch(/^seen\n\n\[Only the first 5 of your 3500 tool calls were taken: /);
    const journal = await readJournal(rig.redis, runId);
    expect(foldJournal(journal).steps[0]?.answer).toMatchObject({ leftOut: 3_495 });
    expect(JSON.stringify(journal).length).toBeLessThan(10_000);
  });

  it('of unknown tools ends like any other', async () => {
    await using _ = await rig.worker({ toolbox: looking() });
    const nonsense = Array.from({ length: 3_500 }, (_each, at) => ({ name: `nonsense_${at}`, arguments: {} }));
    rig.model.handle(({ body }) => (body.tool_choice === 'none' ? { text: 'I give up.' } : { toolCalls: nonsense }));
    expect(await rig.ask('Look.')).toMatchObject({ outcome: 'answered', text: 'I give up.' });
  });

  it('has identical ones made three times, as over several answers', async () => {
    const toolbox = looking();
    await using _ = await rig.worker({ toolbox }, { MAX_CALLS_PER_ANSWER: 400 });
    const same = many(400, () => ({ at: 'here' }));
    rig.model.script('same', [{ toolCalls: same }, { toolCalls: same.slice(0, 1) }, { text: 'Done.' }]);
    await rig.ask(mark('same', 'Look.'));
    expect(toolbox.calls).toHaveLength(3);
    const told = lastResults();
    expect(told.slice(0, 3)).toEqual(['seen', 'seen', 'seen']);
    expect(new Set(told.slice(3)).size).toBe(1);
    expect(told[3]).toContain('was called 3 times with these arguments already');
  });

  it('asks about identical ones three times', async () => {
    const toolbox = createPlayedToolbox({ look: { run: () => 'seen', permission: 'approve' } });
    await using _ = await rig.worker({ toolbox });
    rig.model.script('ask', [{ toolCalls: many(10, () => ({ at: 'here' })) }, { text: 'Done.' }]);
    const runId = await rig.accept(mark('ask', 'Look.'));
    await rig.entry(runId, 'approval.requested');
    await expect.poll(async () => (await rig.runs.read(runId))?.status).toBe('waiting');
    const { approvals } = foldJournal(await readJournal(rig.redis, runId));
    expect([...approvals.keys()]).toEqual(['0-0', '0-1', '0-2']);
    for (const approval of approvals.keys()) await rig.runs.decide(runId, approval, { decision: 'allow', by: 'Ann' });
    expect(await rig.ended(runId)).toMatchObject({ outcome: 'answered' });
    expect(toolbox.calls).toHaveLength(3);
  });

  it('of which some were made by a worker that died has three made in all', async () => {
    const toolbox = looking();
    rig.model.script('resumed', [{ text: 'Done.' }]);
    const runId = await rig.accept(mark('resumed', 'Look.'));
    const claim = await rig.runs.claim(runId, 'died');
    if (claim.state !== 'claimed') throw new Error(claim.state);
    const toolCalls = many(10, () => ({ at: 'here' })).map((each, at) => ({
      id: `c${at}`,
      name: each.name,
      arguments: JSON.stringify(each.arguments),
    }));
    const answer = { type: 'model.answered' as const, step: 0, model: 'm', text: '', finishReason: 'tool_calls' };
    const intent = { type: 'tool.intended' as const, step: 0, tool: 'look', domain: 'played', readOnly: true };
    const [one = { arguments: '' }] = toolCalls;
    await rig.runs.append(runId, claim, [
      { ...answer, toolCalls, usage: {}, durationMs: 1 },
      ...[0, 1].map((call) => ({
        ...intent,
        call,
        arguments: one.arguments,
        repeatable: true,
        idempotencyKey: `${runId}:0:${call}`,
      })),
    ]);
    await using _ = await rig.worker({ toolbox });
    expect(await rig.ended(runId)).toMatchObject({ outcome: 'answered' });
    expect(toolbox.calls).toHaveLength(3);
  });
});
