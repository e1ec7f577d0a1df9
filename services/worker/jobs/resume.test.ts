import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decideApproval } from '#shared/approvals.ts';
import { readJournal } from '#shared/journal.ts';
import { lockMs, stalledCheckMs } from '#shared/queues.ts';
import { readRun } from '#shared/runs.ts';
import { mark } from '#test/model/turn.ts';
import { startRig, type Rig } from '#test/worker/rig.ts';
import { readWitness, startWorkerProcess } from '#test/worker/worker-process.ts';

let rig: Rig;
let folder: string;
let witness: string;
let files = 0;

beforeAll(async () => {
  rig = await startRig();
  folder = await mkdtemp(path.join(tmpdir(), 'dragoman-resume-'));
});
afterAll(async () => {
  await rig[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  witness = path.join(folder, `witness-${(files += 1)}`);
});
afterEach(() => rig.model.reset());

const start = (env: Record<string, string> = {}) =>
  startWorkerProcess({
    REDIS_URL: rig.server.url,
    LITELLM_API_BASE: rig.model.url,
    DRAGOMAN_SIGNING_KEY: 'k'.repeat(32),
    TOOL_WITNESS: witness,
    ...env,
  });
const executions = () => readWitness(witness);
const turns = (...names: string[]) => [
  ...names.map((name) => ({ toolCalls: [{ name, arguments: { from: 'test' } }] })),
  { text: 'Finished.' },
];
// A killed worker's job is found when its lock has run out and the next check comes; then the run itself.
const patience = lockMs + stalledCheckMs + 15_000;

/** A run whose worker is killed while `tool` is under way; another worker is started. */
async function killDuring(tool: string, names: string[]): Promise<{ runId: string; second: AsyncDisposable }> {
  const first = await start({ TOOLS_HANG: tool });
  rig.model.script('kill', turns(...names));
  const runId = await rig.accept(mark('kill', 'Use the tools.'));
  await expect.poll(() => executions().at(-1)?.tool, { timeout: 10_000 }).toBe(tool);
  await first.kill();
  return { runId, second: await start() };
}

describe(
  'a run whose worker was killed',
  () => {
    it(
      'goes on: what is recorded is not done again, what was under way is repeated with its key',
      { timeout: 60_000 },
      async () => {
        const { runId, second } = await killDuring('look', ['write', 'look']);
        await using _ = second;
        expect(await rig.ended(runId)).toMatchObject({ outcome: 'answered', text: 'Finished.', iterations: 3 });
        expect(executions().map(({ tool, key }) => [tool, key])).toEqual([
          ['write', `${runId}:0:0`],
          ['look', `${runId}:1:0`],
          ['look', `${runId}:1:0`],
        ]);
        // Two answers before the kill, one after it: none was asked for twice.
        expect(rig.model.requests).toHaveLength(3);
      },
    );

    it('sends a write that its tool-runner remembers again, with the same key', { timeout: 60_000 }, async () => {
      const { runId, second } = await killDuring('keyed', ['keyed']);
      await using _ = second;
      expect(await rig.ended(runId)).toMatchObject({ outcome: 'answered' });
      expect(executions().map(({ key }) => key)).toEqual([`${runId}:0:0`, `${runId}:0:0`]);
    });

    it(
      'asks its human about a write that nobody remembers, and goes on with what they say',
      { timeout: 60_000 },
      async () => {
        const { runId, second } = await killDuring('write', ['write']);
        await using _ = second;
        const asked = await rig.entry(runId, 'approval.requested');
        expect(asked).toMatchObject({ kind: 'unknown-outcome', tool: 'write', arguments: '{"from":"test"}' });
        expect(asked.why).toBe('write may or may not have happened: it was interrupted.');
        await decideApproval(rig.redis, rig.queues, runId, asked.approval, 'happened', 'Ann');
        expect(await rig.ended(runId)).toMatchObject({ outcome: 'answered' });
        expect(executions()).toHaveLength(1);
        expect(rig.model.requests.at(-1)?.request.results[0]?.text).toBe(
          'write was interrupted, but it did happen: Ann has looked. Its output is lost.',
        );
      },
    );

    it('is given up after so many workers died over it without progress', { timeout: 60_000 }, async () => {
      rig.model.script('poison', [{ hang: true }]);
      const runId = await rig.accept(mark('poison', 'Die.'));
      // Claims by workers that then died, as their journals leave them.
      const { claimRun } = await import('#shared/runs.ts');
      for (const worker of ['a', 'b', 'c']) await claimRun(rig.redis, runId, worker);
      await using _ = await start({ RUN_MAX_ATTEMPTS: '3' });
      expect(await rig.ended(runId)).toMatchObject({ outcome: 'failed', reason: 'poison' });
      expect(rig.model.requests).toHaveLength(0);
    });
  },
  patience * 4,
);

describe('a worker that was believed dead', () => {
  it('writes nothing when it wakes up', { timeout: 60_000 }, async () => {
    const first = await start();
    await using _ = first;
    rig.model.script('zombie', [{ text: 'From nobody.', delayMs: 500 }]);
    const runId = await rig.accept(mark('zombie', 'Sleep.'));
    await rig.model.received(1);
    first.signal('SIGSTOP');
    await using _second = await start();
    await rig.ended(runId);
    const before = await readJournal(rig.redis, runId);
    first.signal('SIGCONT');
    // The woken worker proves that it is awake by taking another run when the second one is gone.
    await _second.kill();
    rig.model.script('after', [{ text: 'Awake.' }]);
    expect(await rig.ask(mark('after', 'Awake?'))).toMatchObject({ text: 'Awake.' });
    expect(await readJournal(rig.redis, runId)).toEqual(before);
  });
});

describe('SIGTERM', () => {
  it('lets a run finish within the grace time and ends with 0', async () => {
    const worker = await start({ SHUTDOWN_GRACE_MS: '5000' });
    rig.model.script('grace', [{ text: 'In time.', delayMs: 300 }]);
    const runId = await rig.accept(mark('grace', 'Be quick.'));
    await rig.model.received(1);
    expect(await worker.terminate()).toBe(0);
    expect(await readRun(rig.redis, runId)).toMatchObject({ status: 'ended', outcome: 'answered', epoch: 1 });
  });

  it('hands a run over to another worker at once when the time is over', async () => {
    const first = await start({ SHUTDOWN_GRACE_MS: '100', TOOLS_HANG: 'look' });
    rig.model.script('handover', turns('look'));
    const runId = await rig.accept(mark('handover', 'Look.'));
    await expect.poll(() => executions().length, { timeout: 10_000 }).toBe(1);
    await using _ = await start();
    const asked = performance.now();
    const code = first.terminate();
    expect(await rig.ended(runId)).toMatchObject({ outcome: 'answered', text: 'Finished.' });
    // Far below lock and stall interval: the job came back by itself.
    expect(performance.now() - asked).toBeLessThan(lockMs / 2);
    expect(await code).toBe(0);
    expect(executions().map(({ key }) => key)).toEqual([`${runId}:0:0`, `${runId}:0:0`]);
  });
});
