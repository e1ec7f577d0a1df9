import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { keys } from '#shared/redis/keys.ts';
import { readJournal } from '#shared/run/journal.ts';
import { replayRun, type ReplayOptions } from '#shared/run/replay.ts';
import { readRun } from '#shared/run/record.ts';
import { mark, type Turn } from '#test/model/turn.ts';
import { createPlayedToolbox, type PlayedToolbox } from '#test/worker/played-toolbox.ts';
import { startRig, type Rig } from '#test/worker/rig.ts';

let rig: Rig;
let toolbox: PlayedToolbox;
let worker: AsyncDisposable;
let looked = 0;

beforeAll(async () => {
  rig = await startRig();
  toolbox = createPlayedToolbox({
    look: { run: () => `seen ${(looked += 1)}` },
    write: { readOnly: false, run: ({ arguments: args }) => `wrote ${String(args['file'])}` },
    put: { readOnly: false, repeatable: true, openWorld: true, run: () => 'put' },
  });
  worker = await rig.worker({ toolbox }, { MODEL_RETRY_BUDGET_MS: 1 });
});
afterAll(async () => {
  await worker[Symbol.asyncDispose]();
  await rig[Symbol.asyncDispose]();
});
afterEach(() => {
  rig.model.reset();
  toolbox.calls.length = 0;
});

const down: Turn = { error: { status: 503 } };
const call = (name: string, args: Record<string, unknown> = {}): Turn => ({ toolCalls: [{ name, arguments: args }] });
const write = call('write', { file: 'report.md' });
const called = () => toolbox.calls.map(({ tool }) => tool);

/** A run that fails after these turns, because the gateway is away. */
async function failed(script: string, ...turns: Turn[]): Promise<string> {
  rig.model.script(script, [...turns, down]);
  const end = await rig.ask(mark(script, 'Do it.'));
  expect(end).toMatchObject({ outcome: 'failed', reason: 'overloaded' });
  return end.runId;
}

async function replay(runId: string, options: Partial<ReplayOptions> = {}) {
  toolbox.calls.length = 0;
  const replayed = await replayRun({ redis: rig.redis, queues: rig.queues }, runId, {
    from: 'failed-step',
    by: 'operator',
    ...options,
  });
  if (!('runId' in replayed)) throw new Error(`not replayed: ${replayed.state}`);
  return { ...(await rig.ended(replayed.runId)), id: replayed.runId };
}

describe('a replay from the failed step', () => {
  it('uses what is recorded: no step is asked for and no tool called again', async () => {
    const runId = await failed('go-on', call('look'), write);
    const requests = rig.model.requests.length;
    rig.model.script('go-on', [call('look'), write, { text: 'Report written.' }]);
    const end = await replay(runId);
    expect(end).toMatchObject({ outcome: 'answered', text: 'Report written.', id: `${runId}-r1`, iterations: 3 });
    expect(called()).toEqual([]);
    expect(rig.model.requests.slice(requests)).toHaveLength(1);
    expect(rig.model.requests.at(-1)?.request.results.map(({ text }) => text)).toEqual(['seen 1', 'wrote report.md']);
  });

  it('takes the run out of the failed list, and is made once however often it is asked for', async () => {
    const runId = await failed('once');
    expect(await rig.redis.zscore(keys.failed, runId)).not.toBeNull();
    rig.model.script('once', [{ text: 'Now.' }]);
    const [first, second] = await Promise.all([replay(runId), replay(runId)]);
    expect(first.id).toBe(second.id);
    expect(await rig.redis.zscore(keys.failed, runId)).toBeNull();
    expect(await readRun(rig.redis, runId)).toMatchObject({ replayedBy: first.id });
    expect(await readRun(rig.redis, first.id)).toMatchObject({ request: { replayOf: runId } });
  });

  it('asks another model when told to', async () => {
    const runId = await failed('model');
    rig.model.script('model', [{ text: 'Hello.' }]);
    expect(await replay(runId, { model: 'other' })).toMatchObject({ outcome: 'answered', models: ['other'] });
    expect(rig.model.requests.at(-1)?.body.model).toBe('other');
  });

  it('makes a named call once more, and asks the model about its new result', async () => {
    const runId = await failed('named', write, call('look'));
    rig.model.script('named', [write, { text: 'Written again.' }]);
    expect(await replay(runId, { again: [{ step: 0, call: 0 }] })).toMatchObject({ text: 'Written again.' });
    expect(called()).toEqual(['write']);
  });

  it('refuses a call that the run has not made', async () => {
    const runId = await failed('no-call', write);
    await expect(replay(runId, { again: [{ step: 4, call: 0 }] })).rejects.toThrow('has no call 4.0');
  });

  it('asks again for the newest answer when that was what failed', async () => {
    rig.model.script('limit', [call('look'), { text: '' }]);
    const { runId } = await rig.ask(mark('limit', 'Look.'), { maxIterations: 1 });
    expect(await readRun(rig.redis, runId)).toMatchObject({ outcome: 'failed', reason: 'iterations' });
    rig.model.enqueue({ text: 'Seen it.' });
    expect(await replay(runId)).toMatchObject({ outcome: 'answered', text: 'Seen it.' });
    expect(called()).toEqual([]);
  });
});

describe('a replay from the start', () => {
  it('asks the model anew and answers writes from the record, reads from the tools', async () => {
    const runId = await failed('anew', call('look'), write);
    rig.model.script('anew', [write, call('look'), { text: 'All done.' }]);
    const end = await replay(runId, { from: 'start' });
    expect(end).toMatchObject({ outcome: 'answered', text: 'All done.' });
    expect(called()).toEqual(['look']);
    expect(rig.model.requests.at(-1)?.request.results[0]?.text).toBe('wrote report.md');
  });

  it('makes writes that differ, and idempotent ones are writes too', async () => {
    const runId = await failed('differ', write, call('put'));
    const other = call('write', { file: 'other.md' });
    rig.model.script('differ', [other, call('put'), { text: 'Done.' }]);
    const allowed = replay(runId, { from: 'start' });
    expect(await allowed).toMatchObject({ outcome: 'answered' });
    expect(toolbox.calls).toMatchObject([{ tool: 'write', arguments: { file: 'other.md' } }]);
  });

  it('repeats nothing of the first run when a replay is replayed', async () => {
    const runId = await failed('chain', write);
    rig.model.script('chain', [write, down]);
    const second = await replay(runId, { from: 'start' });
    expect(second).toMatchObject({ outcome: 'failed', id: `${runId}-r1` });
    rig.model.script('chain', [write, { text: 'At last.' }]);
    expect(await replay(second.id, { from: 'start' })).toMatchObject({ text: 'At last.', id: `${runId}-r2` });
    expect(called()).toEqual([]);
  });

  it('makes the named one of two equal calls again', async () => {
    const runId = await failed('twins', write, write);
    rig.model.script('twins', [write, write, { text: 'Once more.' }]);
    await replay(runId, { from: 'start', again: [{ step: 1, call: 0 }] });
    expect(called()).toEqual(['write']);
  });
});

describe('a dry run', () => {
  it('calls nothing, says what would be done, and leaves the failed run where it is', async () => {
    const runId = await failed('dry', call('look'));
    rig.model.script('dry', [call('look'), write, { text: 'I would have written it.' }]);
    const end = await replay(runId, { dryRun: true });
    expect(end).toMatchObject({ outcome: 'answered', text: 'I would have written it.' });
    expect(called()).toEqual([]);
    const results = (await readJournal(rig.redis, end.id)).flatMap(({ entry }) =>
      entry.type === 'tool.finished' ? [entry.content] : [],
    );
    expect(results).toEqual([expect.stringMatching(/^seen/), expect.stringContaining('write was not called')]);
    expect(await rig.redis.zscore(keys.failed, runId)).not.toBeNull();
    expect((await readRun(rig.redis, runId))?.replayedBy).toBeUndefined();
  });

  it('from the start answers reads from the record as well', async () => {
    const runId = await failed('dry-start', call('look'));
    rig.model.script('dry-start', [call('look'), down]);
    const end = await replay(runId, { dryRun: true, from: 'start' });
    expect(end.outcome).toBe('failed');
    expect(called()).toEqual([]);
    expect(await rig.redis.zscore(keys.failed, end.id)).toBeNull();
  });
});
