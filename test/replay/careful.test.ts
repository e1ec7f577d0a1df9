import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expireQuestions } from '#test/lib/claims.ts';
import { decideApproval } from '#shared/run/decide.ts';
import { readJournal } from '#shared/run/journal.ts';
import { keys } from '#shared/redis/keys.ts';
import { replayRun, type ReplayOptions } from '#shared/run/replay.ts';
import { claimRun } from '#shared/run/claim.ts';
import { endRun } from '#shared/run/end.ts';
import { readRun } from '#shared/run/record.ts';
import { readSamples, restore } from '#test/journals/load.ts';
import { mark, type Turn } from '#test/model/turn.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { startRig, type Rig } from '#test/worker/rig.ts';

// Tests what a replay must not do by itself: calls whose outcome nobody knows, and calls that nobody allowed.

let rig: Rig;
let worker: AsyncDisposable;
const toolbox = createPlayedToolbox({
  write: { readOnly: false, run: () => 'written' },
  keyed: { readOnly: false, remembered: true, run: () => 'keyed' },
  drop: { readOnly: false, permission: 'approve', run: () => 'dropped' },
});

beforeAll(async () => {
  rig = await startRig();
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

const call = (name: string, args: object): Turn => ({ toolCalls: [{ name, arguments: { ...args } }] });
const replay = (id: string, from: ReplayOptions['from']) =>
  replayRun({ redis: rig.redis, queues: rig.queues }, id, { from, by: 'operator' });
const next = (id: string) => `${id}-r1`;

/** A run that was given up in the middle of a write, which its tool-runner remembered at that time. */
async function givenUp(id: string): Promise<string> {
  const [sample] = readSamples('v1').filter(({ name }) => name === 'in-flight-keyed-write');
  const text = JSON.stringify(sample).replaceAll('in-flight-keyed-write', id);
  await restore(rig.redis, JSON.parse(text) as typeof sample & object);
  const claim = await claimRun({ redis: rig.redis, queues: rig.queues }, id, 'test');
  const record = await readRun(rig.redis, id);
  if (claim.state !== 'claimed' || !record) throw new Error('not claimed');
  await endRun({ redis: rig.redis, queues: rig.queues }, record.request, claim, {
    type: 'run.ended',
    outcome: 'failed',
    reason: 'poison',
    text: 'Given up.',
    usage: { inputTokens: 0, outputTokens: 0, costUsd: 0, estimated: false },
    models: [],
    tools: [],
    iterations: 2,
    durationMs: 1,
  });
  return id;
}

describe('a write of which nobody knows whether it happened', () => {
  it('is asked about when the run goes on after it', async () => {
    const id = await givenUp('poison-1');
    rig.model.enqueue({ text: 'It had happened.' });
    await replay(id, 'failed-step');
    expect(await rig.entry(next(id), 'approval.requested')).toMatchObject({ kind: 'unknown-outcome', tool: 'keyed' });
    await rig.runs.decide(next(id), '1-0-outcome', { decision: 'happened', by: 'operator' });
    expect(await rig.ended(next(id))).toMatchObject({ outcome: 'answered', text: 'It had happened.' });
    expect(toolbox.calls).toEqual([]);
  });

  it('is asked about when the model wants it again from the start', async () => {
    const id = await givenUp('poison-2');
    rig.model.enqueue(call('keyed', { file: 'second.md' }), { text: 'Not done.' });
    await replay(id, 'start');
    expect(await rig.entry(next(id), 'approval.requested')).toMatchObject({ kind: 'unknown-outcome', tool: 'keyed' });
    await rig.runs.decide(next(id), '0-0-outcome', { decision: 'did-not-happen', by: 'operator' });
    expect(await rig.ended(next(id))).toMatchObject({ outcome: 'answered', text: 'Not done.' });
    expect(toolbox.calls).toEqual([]);
  });
});

describe('a question that nobody answered in time', () => {
  it('is asked again, and what was allowed in time is not', async () => {
    rig.model.script('late', [call('drop', { table: 'a' }), call('drop', { table: 'b' }), { error: { status: 503 } }]);
    const id = await rig.accept(mark('late', 'Drop both.'));
    await rig.entry(id, 'approval.requested');
    await decideApproval({ redis: rig.redis, queues: rig.queues }, id, '0-0', { decision: 'allow', by: 'ada' });
    await rig.until(id, (event) => event.kind === 'entry' && isQuestion(event.entry, '1-0'));
    await expireQuestions(rig.runs);
    expect(await rig.ended(id)).toMatchObject({ outcome: 'failed' });
    toolbox.calls.length = 0;
    rig.model.script('late', [call('drop', { table: 'a' }), call('drop', { table: 'b' }), { text: 'Both dropped.' }]);
    await replay(id, 'failed-step');
    await rig.until(next(id), (event) => event.kind === 'entry' && isQuestion(event.entry, '1-0'));
    expect(await rig.redis.zrange(keys.approvals, '0', '-1')).toEqual([`${next(id)} 1-0`]);
    await rig.runs.decide(next(id), '1-0', { decision: 'allow', by: 'ada' });
    expect(await rig.ended(next(id))).toMatchObject({ outcome: 'answered', text: 'Both dropped.' });
    expect(toolbox.calls.map(({ arguments: args }) => args)).toEqual([{ table: 'b' }]);
  });
});

function isQuestion(entry: { type: string; approval?: string }, approval: string): boolean {
  return entry.type === 'approval.requested' && entry.approval === approval;
}

it('what a human said about the replayed run is asked anew from the start', async () => {
  rig.model.script('yes', [call('drop', { table: 'c' }), { error: { status: 503 } }]);
  const id = await rig.accept(mark('yes', 'Drop it.'));
  await rig.entry(id, 'approval.requested');
  await decideApproval({ redis: rig.redis, queues: rig.queues }, id, '0-0', { decision: 'deny', by: 'ada' });
  await rig.ended(id);
  await replay(id, 'start');
  expect(await rig.entry(next(id), 'approval.requested')).toMatchObject({ tool: 'drop' });
  const types = (await readJournal(rig.redis, next(id))).map(({ entry }) => entry.type);
  expect(types).not.toContain('approval.decided');
});
