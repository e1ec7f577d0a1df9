import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { EntryOf, JournalEntry } from '#shared/run/journal-entries.ts';
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

async function entriesOf<T extends JournalEntry['type']>(runId: string, type: T): Promise<EntryOf<T>[]> {
  const entries = (await readJournal(rig.redis, runId)).map(({ entry }) => entry);
  return entries.filter((entry): entry is EntryOf<T> => entry.type === type);
}

const looking = () => createPlayedToolbox({ look: { run: () => 'seen' } });

describe('a model that fails', () => {
  it('is asked again after what it asked for, and the person is told once', async () => {
    await using _ = await rig.worker({ toolbox: looking() });
    rig.model.script('busy', [{ text: 'At last.' }]);
    rig.model.fail(1, { status: 429, headers: { 'retry-after': '1' } });
    const asked = performance.now();
    const end = await rig.ask(mark('busy', 'Answer.'));
    expect(end).toMatchObject({ outcome: 'answered', text: 'At last.' });
    expect(performance.now() - asked).toBeGreaterThanOrEqual(1_000);
    expect(await entriesOf(end.runId, 'model.failed')).toMatchObject([{ reason: 'rate-limit', attempt: 1 }]);
    expect(await entriesOf(end.runId, 'notice')).toMatchObject([
      { key: 'model-retry', text: 'The model is asked too often at the moment. I keep trying.' },
    ]);
  });

  it('in several ways is told of once', async () => {
    await using _ = await rig.worker({ toolbox: looking() });
    rig.model.script('cut', [{ text: 'Whole.' }]);
    const cut = { text: 'Half of an answer that is long enough', chunkSize: 4, chunkDelayMs: 20, cutAfterChunks: 5 };
    rig.model.enqueue(cut, { error: { status: 503 } });
    const end = await rig.ask(mark('cut', 'Answer.'));
    expect(end).toMatchObject({ outcome: 'answered', text: 'Whole.' });
    expect((await entriesOf(end.runId, 'model.failed')).map(({ reason }) => reason)).toEqual([
      'cut-stream',
      'overloaded',
    ]);
    expect(await entriesOf(end.runId, 'notice')).toHaveLength(1);
  });

  it('is given up when the time for it is over', async () => {
    await using _ = await rig.worker({ toolbox: looking() }, { MODEL_RETRY_BUDGET_MS: 100 });
    rig.model.fail(9, 500);
    const end = await rig.ask('Answer.');
    expect(end).toMatchObject({ outcome: 'failed', reason: 'provider-error' });
    expect(end.text).toBe("The model's provider failed. Ask again; if it stays so, tell the operator.");
    expect(await entriesOf(end.runId, 'model.failed')).toMatchObject([{ attempt: 1 }]);
  });

  it('for good is not asked again, and the person is told plainly', async () => {
    await using _ = await rig.worker({ toolbox: looking() });
    rig.model.fail(9, 401);
    const end = await rig.ask('Answer.');
    expect(end).toMatchObject({ outcome: 'failed', reason: 'bad-key' });
    expect(end.text).toContain('LITELLM_API_KEY');
    expect(rig.model.requests).toHaveLength(1);
  });

  it.each<[string, object, RegExp]>([
    ['budget-exceeded', { message: 'Budget has been exceeded!', type: 'budget_exceeded' }, /budget for the model/],
    ['refused-content', { message: 'Filtered.', code: 'content_filter' }, /refused this content/],
    ['model-not-found', { message: 'No such model.', code: 'model_not_found' }, /MODEL_NAME/],
  ])('for good (%s) is not asked again, and nothing else is told', async (reason, error, text) => {
    await using _ = await rig.worker({ toolbox: looking() });
    rig.model.fail(9, { status: 400, body: { error } });
    const end = await rig.ask('Answer.');
    expect(end).toMatchObject({ outcome: 'failed', reason });
    expect(end.text).toMatch(text);
    expect(rig.model.requests).toHaveLength(1);
    expect(await entriesOf(end.runId, 'notice')).toEqual([]);
    const [failure] = await entriesOf(end.runId, 'model.failed');
    expect(failure).toMatchObject({ reason, upstream: expect.stringMatching(/^400 /) });
  });

  it('and asks for more time than there is, is given up at once', async () => {
    await using _ = await rig.worker({ toolbox: looking() }, { MODEL_RETRY_BUDGET_MS: 5_000 });
    rig.model.fail(9, { status: 429, headers: { 'retry-after': '60' } });
    expect(await rig.ask('Answer.')).toMatchObject({ outcome: 'failed', reason: 'rate-limit' });
    expect(rig.model.requests).toHaveLength(1);
  });

  it('after tools were used leaves the person with what was done', async () => {
    await using _ = await rig.worker({ toolbox: looking() });
    const refused = { error: { status: 401 } };
    rig.model.script('after', [{ toolCalls: [{ name: 'look', arguments: {} }] }, refused]);
    const end = await rig.ask(mark('after', 'Look.'));
    expect(end).toMatchObject({ outcome: 'failed', reason: 'bad-key', tools: ['look'] });
    expect(end.text).toMatch(/Done: look\.$/);
  });

  it('in the middle of a tool call leaves the tool alone', async () => {
    const toolbox = looking();
    await using _ = await rig.worker({ toolbox });
    const calls = [{ name: 'look', arguments: { at: 'a'.repeat(200) } }];
    rig.model.script('half', [{ toolCalls: calls }, { text: 'Seen.' }]);
    rig.model.enqueue({ toolCalls: calls, chunkDelayMs: 20, cutAfterChunks: 4 });
    expect(await rig.ask(mark('half', 'Look.'))).toMatchObject({ outcome: 'answered', text: 'Seen.' });
    expect(toolbox.calls).toHaveLength(1);
  });

  it('because the conversation is too long is asked once more without its earlier part', async () => {
    await using _ = await rig.worker({ toolbox: looking() });
    const tooLong = { status: 400, body: { error: { message: 'Too long.', code: 'context_length_exceeded' } } };
    rig.model.handle(({ body }) => (body.messages.length > 2 ? { error: tooLong } : { text: 'Short enough.' }));
    const context = [{ role: 'user', content: 'A long story.' } as const];
    const end = await rig.ask('And now?', { context });
    expect(end).toMatchObject({ outcome: 'answered', text: 'Short enough.' });
    expect(await entriesOf(end.runId, 'notice')).toMatchObject([{ key: 'history-shortened' }]);
    expect(rig.model.requests.map(({ body }) => body.messages.slice(1).map(messageText))).toEqual([
      ['A long story.', 'And now?'],
      ['And now?'],
    ]);
    rig.model.reset();
    rig.model.fail(9, tooLong);
    expect(await rig.ask('And now?', { context })).toMatchObject({ outcome: 'failed', reason: 'context-too-long' });
    expect(rig.model.requests).toHaveLength(2);
  });

  it('because of one long result is asked once more with the result cut', async () => {
    await using _ = await rig.worker({
      toolbox: createPlayedToolbox({ look: { run: () => `<data-1f>${'x'.repeat(50_000)}\n</data-1f>\n[cut]` } }),
    });
    const tooLong = { status: 400, body: { error: { message: 'Too long.', code: 'context_length_exceeded' } } };
    rig.model.handle(({ results }) => {
      if (results.length === 0) return { toolCalls: [{ name: 'look', arguments: {} }] };
      return (results[0]?.text.length ?? 0) > 10_000 ? { error: tooLong } : { text: 'Short enough.' };
    });
    expect(await rig.ask('Look.')).toMatchObject({ outcome: 'answered', text: 'Short enough.' });
    expect(rig.model.requests).toHaveLength(3);
    expect(rig.model.requests.at(-1)?.request.results[0]?.text).toMatch(/x\n\[shortened: .*\]\n<\/data-1f>\n\[cut\]$/);
  });

  it('with nothing to leave out is not asked again', async () => {
    await using _ = await rig.worker({ toolbox: looking() });
    rig.model.fail(9, { status: 400, body: { error: { message: 'Too long.', code: 'context_length_exceeded' } } });
    expect(await rig.ask('A very long question.')).toMatchObject({ outcome: 'failed', reason: 'context-too-long' });
    expect(rig.model.requests).toHaveLength(1);
  });
});
