import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { decideApproval, listPendingApprovals } from '#shared/run/decide.ts';
import { journalEntrySchema } from '#shared/run/journal-entries.ts';
import { replayRun } from '#shared/run/replay.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { startRig, type Rig } from '#test/worker/rig.ts';
import { readSamples, restore, type StoredRun } from './load.ts';

// Today's worker goes on with each run that earlier versions have stored. A sample is never changed: if a format cannot
// read one, the format is wrong.

const samples = readSamples('v1');
let rig: Rig;
let worker: AsyncDisposable;
const toolbox = createPlayedToolbox({
  look: { run: () => 'Seen now.' },
  slow: { run: () => 'Seen at last.' },
  write: { readOnly: false, run: () => 'Written now.' },
  hang: { readOnly: false, run: () => 'Hung up.' },
  keyed: { readOnly: false, remembered: true, run: () => 'Remembered.' },
  drop: { readOnly: false, permission: 'approve', run: () => 'Dropped now.' },
});

beforeAll(async () => {
  rig = await startRig();
  rig.model.handle(() => ({ text: 'Gone on.' }));
  worker = await rig.worker({ toolbox });
});
afterAll(async () => {
  await worker[Symbol.asyncDispose]();
  await rig[Symbol.asyncDispose]();
});
afterEach(() => {
  toolbox.calls.length = 0;
});

function sample(name: string): StoredRun {
  const found = samples.find((each) => each.name === name);
  if (!found) throw new Error(`there is no sample ${name}`);
  return found;
}

const called = () => toolbox.calls.map(({ tool, key }) => [tool, key]);
const gone = { outcome: 'answered', text: 'Gone on.' };

it('has samples of every state that a run can be left in', () => {
  expect(samples.map(({ name }) => name)).toEqual([
    'answered',
    'failed',
    'guided',
    'in-flight-keyed-write',
    'in-flight-read',
    'in-flight-write',
    'stopped',
    'waiting',
  ]);
});

it.each(samples)('reads every entry of $name', ({ journal }) => {
  for (const { entry } of journal) expect(journalEntrySchema.parse(entry)).toMatchObject(entry);
});

describe('a run whose worker died', () => {
  async function goOn(name: string): Promise<string> {
    const id = await restore(rig.redis, sample(name));
    // The run lies there as after a crash: it seems to be under way, and its job goes to another worker.
    await rig.queues.add('run', { runId: id }, { jobId: id });
    return id;
  }

  it('in a read repeats it', async () => {
    const id = await goOn('in-flight-read');
    expect(await rig.ended(id)).toMatchObject({ ...gone, iterations: 3 });
    expect(called()).toEqual([['look', `${id}:1:0`]]);
  });

  it('in a write that is remembered repeats it with its key', async () => {
    const id = await goOn('in-flight-keyed-write');
    expect(await rig.ended(id)).toMatchObject(gone);
    expect(called()).toEqual([['keyed', `${id}:1:0`]]);
  });

  it('in a write that nobody remembers asks a human', async () => {
    const id = await goOn('in-flight-write');
    expect(await rig.entry(id, 'approval.requested')).toMatchObject({ kind: 'unknown-outcome', tool: 'hang' });
    await decideApproval({ redis: rig.redis, queues: rig.queues }, id, '1-0-outcome', {
      decision: 'happened',
      by: 'ada',
    });
    expect(await rig.ended(id)).toMatchObject(gone);
    expect(called()).toEqual([]);
  });
});

describe('a run that waits', () => {
  it('for a yes is listed, and makes the call that was allowed', async () => {
    const id = await restore(rig.redis, sample('waiting'));
    expect(await listPendingApprovals(rig.redis)).toMatchObject([{ runId: id, request: { tool: 'drop' } }]);
    expect(
      await decideApproval({ redis: rig.redis, queues: rig.queues }, id, '0-0', { decision: 'allow', by: 'ada' }),
    ).toBe('decided');
    expect(await rig.ended(id)).toMatchObject(gone);
    expect(called()).toEqual([['drop', `${id}:0:0`]]);
  });

  it('guided, goes on with the second call alone', async () => {
    const id = await restore(rig.redis, sample('guided'));
    await decideApproval({ redis: rig.redis, queues: rig.queues }, id, '1-0', { decision: 'allow', by: 'ada' });
    expect(await rig.ended(id)).toMatchObject(gone);
    expect(called()).toEqual([['look', `${id}:1:0`]]);
  });
});

describe('a run that has ended', () => {
  const replay = async (name: string, from: 'start' | 'failed-step') => {
    const id = await restore(rig.redis, sample(name));
    const replayed = await replayRun({ redis: rig.redis, queues: rig.queues }, id, { from, by: 'operator' });
    expect(replayed).toEqual({ state: 'accepted', runId: `${id}-r1` });
    return rig.ended(`${id}-r1`);
  };

  it('failed, is replayed from there: its write is not made again', async () => {
    expect(await replay('failed', 'failed-step')).toMatchObject({ ...gone, iterations: 2 });
    expect(called()).toEqual([]);
    expect(rig.model.requests.at(-1)?.request.results).toMatchObject([{ text: 'Written.' }]);
  });

  it('stopped, is replayed from there: what was stopped without effect is made', async () => {
    expect(await replay('stopped', 'failed-step')).toMatchObject(gone);
    expect(called()).toEqual([['slow', 'stopped-r1:1:0']]);
  });

  it('answered, is replayed from its start', async () => {
    expect(await replay('answered', 'start')).toMatchObject({ ...gone, iterations: 1 });
  });
});
