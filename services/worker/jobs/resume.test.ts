import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { decideApproval } from '#shared/run/decide.ts';
import { entryTime, readJournal } from '#shared/run/journal.ts';
import { lockMs, stalledCheckMs } from '#shared/queue/queues.ts';
import { claimRun } from '#shared/run/claim.ts';
import { readRun } from '#shared/run/record.ts';
import { mark, type Turn } from '#test/model/turn.ts';
import { startRig, type Rig } from '#test/worker/rig.ts';
import { readWitness, startWorkerProcess, type WorkerProcess } from '#test/worker/worker-process.ts';

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
beforeEach(({ task }) => {
  // The tests of a lost worker share the file that was opened before them.
  if (task.suite?.name !== 'a run whose worker is lost') witness = path.join(folder, `witness-${(files += 1)}`);
});
afterEach(({ task }) => {
  if (task.suite?.name !== 'a run whose worker is lost') rig.model.reset();
});

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
/** Milliseconds until a lost worker's jobs are found, and some more for the runs themselves. */
const patience = lockMs + stalledCheckMs + 30_000;

async function underWay(script: string, runTurns: Turn[]): Promise<string> {
  rig.model.script(script, runTurns);
  const before = executions().length;
  const runId = await rig.accept(mark(script, 'Use the tools.'));
  await vi.waitUntil(() => executions().length === before + runTurns.length - 1, { timeout: 30_000 });
  return runId;
}

describe('a run whose worker is lost', () => {
  const runs = { read: '', keyed: '', write: '', asleep: '' };
  let zombie: WorkerProcess | undefined;
  let second: WorkerProcess | undefined;

  const executionsOf = (runId: string) => executions().filter(({ key }) => key.startsWith(runId));

  // All tests share one kill and one wait, because finding a lost job takes its time.
  beforeAll(async () => {
    witness = path.join(folder, 'witness-lost');
    zombie = await start();
    rig.model.script('asleep', [{ text: 'From nobody.', delayMs: 500 }]);
    runs.asleep = await rig.accept(mark('asleep', 'Sleep.'));
    await rig.model.received(1);
    zombie.signal('SIGSTOP');
    const first = await start({ TOOLS_HANG: 'look,keyed,hang' });
    runs.read = await underWay('read', turns('write', 'look'));
    runs.keyed = await underWay('keyed', turns('keyed'));
    runs.write = await underWay('write', turns('hang'));
    await first.kill();
    second = await start();
  }, patience);
  afterAll(async () => {
    await zombie?.[Symbol.asyncDispose]();
    await second?.[Symbol.asyncDispose]();
  });

  it(
    'goes on: what is recorded is not done again, what was under way is repeated with its key',
    async () => {
      const runId = runs.read;
      expect(await rig.ended(runId)).toMatchObject({ outcome: 'answered', text: 'Finished.', iterations: 3 });
      expect(executionsOf(runId).map(({ tool, key }) => [tool, key])).toEqual([
        ['write', `${runId}:0:0`],
        ['look', `${runId}:1:0`],
        ['look', `${runId}:1:0`],
      ]);
      // Two answers came before the kill and one after it, so none was asked for twice.
      expect(rig.model.requests.filter(({ request }) => request.marker === 'read')).toHaveLength(3);
    },
    patience,
  );

  it(
    'sends a write that its tool-runner remembers again, with the same key',
    async () => {
      const runId = runs.keyed;
      expect(await rig.ended(runId)).toMatchObject({ outcome: 'answered' });
      expect(executionsOf(runId).map(({ key }) => key)).toEqual([`${runId}:0:0`, `${runId}:0:0`]);
    },
    patience,
  );

  it(
    'asks its human about a write that nobody remembers, and goes on with what they say',
    async () => {
      const runId = runs.write;
      const asked = await rig.entry(runId, 'approval.requested');
      expect(asked).toMatchObject({ kind: 'unknown-outcome', tool: 'hang', arguments: '{"from":"test"}' });
      expect(asked.why).toBe('hang may or may not have happened: it was interrupted.');
      await decideApproval({ redis: rig.redis, queues: rig.queues }, runId, asked.approval, {
        decision: 'happened',
        by: 'Ann',
      });
      expect(await rig.ended(runId)).toMatchObject({ outcome: 'answered' });
      expect(executionsOf(runId)).toHaveLength(1);
      const last = rig.model.requests.findLast(({ request }) => request.marker === 'write');
      expect(last?.request.results[0]?.text).toBe(
        'hang was interrupted, but it did happen: Ann has looked. Its output is lost.',
      );
    },
    patience,
  );

  it(
    'gets nothing written by a worker that was believed dead and wakes up',
    async () => {
      await rig.ended(runs.asleep);
      const before = await readJournal(rig.redis, runs.asleep);
      expect(before.filter(({ entry }) => entry.type === 'run.claimed')).toHaveLength(2);
      await second?.kill();
      zombie?.signal('SIGCONT');
      // The worker proves by another run that it is awake.
      rig.model.script('after', [{ text: 'Awake.' }]);
      expect(await rig.ask(mark('after', 'Awake?'))).toMatchObject({ text: 'Awake.' });
      expect(await readJournal(rig.redis, runs.asleep)).toEqual(before);
    },
    patience,
  );
});

describe('a run that no worker survives', () => {
  it('is given up after so many without progress', async () => {
    const runId = await rig.accept('Die.');
    for (const worker of ['a', 'b', 'c']) await claimRun({ redis: rig.redis, queues: rig.queues }, runId, worker);
    await using _ = await start({ RUN_MAX_ATTEMPTS: '3' });
    const end = await rig.ended(runId);
    expect(end).toMatchObject({ outcome: 'failed', reason: 'poison' });
    expect(end.text).toBe('This question was given up: 3 workers broke down over it.');
    expect(rig.model.requests.filter(({ request }) => request.user === 'Die.')).toEqual([]);
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
    await expect.poll(() => executions().length).toBe(1);
    await using _ = await start();
    const asked = Date.now();
    const code = first.terminate();
    expect(await rig.ended(runId)).toMatchObject({ outcome: 'answered', text: 'Finished.' });
    // This is far below lock and stall interval, so the job came back by itself.
    const claims = (await readJournal(rig.redis, runId)).filter(({ entry }) => entry.type === 'run.claimed');
    expect(entryTime(claims[1]?.id ?? '') - asked).toBeLessThan(lockMs / 2);
    expect(await code).toBe(0);
    expect(executions().map(({ key }) => key)).toEqual([`${runId}:0:0`, `${runId}:0:0`]);
  });
});
