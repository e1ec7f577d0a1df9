import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expireQuestions } from '#test/lib/claims.ts';
import { decideApproval, listPendingApprovals } from '#shared/run/decide.ts';
import { argumentsHash } from '#shared/run/arguments-hash.ts';
import { readRun } from '#shared/run/record.ts';
import { stopRun } from '#shared/run/stop.ts';
import { mark } from '#test/model/turn.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { startRig, type Rig } from '#test/worker/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig[Symbol.asyncDispose]());
afterEach(() => rig.model.reset());

const writing = (onWrite: (approved: string | undefined) => void = () => undefined) =>
  createPlayedToolbox({
    look: { run: () => 'seen', openWorld: true },
    write: {
      run: ({ approvedArguments }) => {
        onWrite(approvedArguments);
        return 'written';
      },
      readOnly: false,
      permission: 'approve',
    },
    note: { run: () => 'noted', readOnly: false },
  });

const call = (name: string, args: Record<string, unknown> = {}) => ({ toolCalls: [{ name, arguments: args }] });
const lastResult = () => rig.model.requests.at(-1)?.request.results.at(-1)?.text;

async function waiting(runId: string): Promise<string> {
  const { approval } = await rig.entry(runId, 'approval.requested');
  await expect.poll(async () => (await readRun(rig.redis, runId))?.status).toBe('waiting');
  return approval;
}

describe('a tool that needs a yes', () => {
  it('runs after it, bound to the arguments that were shown', async () => {
    const approved: (string | undefined)[] = [];
    await using _ = await rig.worker({ toolbox: writing((hash) => approved.push(hash)) });
    rig.model.script('yes', [call('write', { path: 'a.md' }), { text: 'Written.' }]);
    const runId = await rig.accept(mark('yes', 'Write a.md.'));
    const approval = await waiting(runId);
    const [pending] = await listPendingApprovals(rig.redis);
    expect(pending?.request).toMatchObject({ kind: 'policy', tool: 'write', arguments: '{"path":"a.md"}' });
    expect(
      await decideApproval({ redis: rig.redis, queues: rig.queues }, runId, approval, { decision: 'allow', by: 'Ann' }),
    ).toBe('decided');
    expect(await rig.ended(runId)).toMatchObject({ outcome: 'answered', text: 'Written.' });
    expect(approved).toEqual([argumentsHash({ path: 'a.md' })]);
  });

  it('does not run after a no, which the model is told', async () => {
    const toolbox = writing();
    await using _ = await rig.worker({ toolbox });
    rig.model.script('no', [call('write'), { text: 'As you wish.' }]);
    const runId = await rig.accept(mark('no', 'Write.'));
    await decideApproval({ redis: rig.redis, queues: rig.queues }, runId, await waiting(runId), {
      decision: 'deny',
      by: 'Ann',
      reason: 'wrong folder',
    });
    expect(await rig.ended(runId)).toMatchObject({ outcome: 'answered' });
    expect(lastResult()).toBe('write was not run: Ann said no (wrong folder). Do not try it again.');
    expect(toolbox.calls).toEqual([]);
  });

  it('does not run when nobody decides in time', async () => {
    const toolbox = writing();
    await using _ = await rig.worker({ toolbox }, { APPROVAL_TTL_MS: 1_000 });
    rig.model.script('late', [call('write'), { text: 'Not written.' }]);
    const runId = await rig.accept(mark('late', 'Write.'));
    await waiting(runId);
    expect(await expireQuestions(rig.runs)).toBe(1);
    expect(await rig.ended(runId)).toMatchObject({ outcome: 'answered', text: 'Not written.' });
    expect(lastResult()).toContain('nobody said yes in time');
    expect(toolbox.calls).toEqual([]);
  });

  it('is refused where nobody can be asked', async () => {
    const toolbox = writing();
    await using _ = await rig.worker({ toolbox });
    rig.model.script('api', [call('write'), { text: 'Not here.' }]);
    const end = await rig.ask(mark('api', 'Write.'), { caller: { kind: 'api', id: 'key' } });
    expect(end).toMatchObject({ outcome: 'answered', text: 'Not here.' });
    expect(rig.model.requests[0]?.request.toolNames).toEqual(['look', 'note']);
    expect(lastResult()).toBe('There is no tool write. The tools are: look, note.');
    expect(toolbox.calls).toEqual([]);
  });

  it('leaves nothing done when the run is stopped while it waits', async () => {
    const toolbox = writing();
    await using _ = await rig.worker({ toolbox });
    rig.model.script('stop', [call('write')]);
    const runId = await rig.accept(mark('stop', 'Write.'));
    await waiting(runId);
    await stopRun({ redis: rig.redis, queues: rig.queues }, runId, 'Ann');
    expect(await rig.ended(runId)).toMatchObject({ outcome: 'stopped', text: 'Stopped by Ann. Not done: write.' });
    expect(toolbox.calls).toEqual([]);
  });
});

describe('text from outside', () => {
  it('makes every later write wait for a yes', async () => {
    const toolbox = writing();
    await using _ = await rig.worker({ toolbox });
    rig.model.script('outside', [call('note', { n: 1 }), call('look'), call('note', { n: 2 }), { text: 'Noted.' }]);
    const runId = await rig.accept(mark('outside', 'Note, look, note.'));
    const approval = await waiting(runId);
    expect(toolbox.calls.map((each) => each.tool)).toEqual(['note', 'look']);
    await decideApproval({ redis: rig.redis, queues: rig.queues }, runId, approval, { decision: 'allow', by: 'Ann' });
    await rig.ended(runId);
    expect(toolbox.calls.map((each) => each.tool)).toEqual(['note', 'look', 'note']);
  });

  it('does so in the next runs of the conversation too', async () => {
    const toolbox = writing();
    await using _ = await rig.worker({ toolbox });
    rig.model.script('read', [call('look'), { text: 'It says: note something.' }]);
    rig.model.script('note', [call('note'), { text: 'Noted.' }]);
    await rig.ask(mark('read', 'Look.'), { conversation: 'outside' });
    const runId = await rig.accept(mark('note', 'Do it.'), { conversation: 'outside' });
    await decideApproval({ redis: rig.redis, queues: rig.queues }, runId, await waiting(runId), {
      decision: 'deny',
      by: 'Ann',
    });
    await rig.ended(runId);
    expect(toolbox.calls.map((each) => each.tool)).toEqual(['look']);
  });
});

describe('a guided run', () => {
  it('asks before each tool, and for neighbours that only read at once', async () => {
    const toolbox = writing();
    await using _ = await rig.worker({ toolbox });
    const two = ['a', 'b'].map((at) => ({ name: 'look', arguments: { at } }));
    rig.model.script('guided', [{ toolCalls: two }, { text: 'Seen one.' }]);
    const runId = await rig.accept(mark('guided', 'Look twice.'), { mode: 'guided' });
    expect(await waiting(runId)).toBe('0-0');
    const pending = await listPendingApprovals(rig.redis);
    expect(pending.map(({ request }) => [request.approval, request.kind])).toEqual([
      ['0-0', 'guided'],
      ['0-1', 'guided'],
    ]);
    await decideApproval({ redis: rig.redis, queues: rig.queues }, runId, '0-0', { decision: 'allow', by: 'Ann' });
    await decideApproval({ redis: rig.redis, queues: rig.queues }, runId, '0-1', { decision: 'deny', by: 'Ann' });
    expect(await rig.ended(runId)).toMatchObject({ outcome: 'answered', text: 'Seen one.' });
    expect(toolbox.calls).toMatchObject([{ tool: 'look', arguments: { at: 'a' } }]);
  });
});
