import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { IngressContext } from '#services/ingress/context.ts';
import type { PlayedRun } from './played-worker.ts';
import { startRig, until, type Rig } from './rig.ts';

// Two processes show one run, because the first did not renew its job's lock in time: it was asleep, or got no CPU. The
// test plays this with a second job for the same run; each ingress shows one run at a time, so the other ingress takes
// it.

let rig: Rig;
let first: IngressContext;

beforeAll(async () => {
  rig = await startRig({ playground: { rateLimits: false }, environment: { REPLIES_CONCURRENCY: '1' }, start: false });
  first = await rig.start();
  await rig.start();
});

beforeEach(() => rig.controls.clearFaults());

afterAll(async () => {
  await first[Symbol.asyncDispose]();
  await rig[Symbol.asyncDispose]();
});

const edits = 'PATCH /channels/*/messages/*';

async function turnOf(run: PlayedRun): Promise<number> {
  return Number(await rig.redis.hget(`{dragoman}:run:${run.id}:delivery`, 'turn'));
}

/** Lets another process take over the run, as BullMQ does with a job whose lock has run out. */
async function overtake(run: PlayedRun): Promise<void> {
  const before = await turnOf(run);
  await rig.queues.add('reply', { runId: run.id }, { jobId: `${run.id}-stalled-${before}` });
  await until('another one shows the run', async () => (await turnOf(run)) > before);
}

async function nobodyShows(): Promise<void> {
  await until('no reply job is left', async () => {
    const counts = await rig.queues.queue('replies').getJobCounts('active', 'waiting', 'prioritized', 'delayed');
    return Object.values(counts).every((count) => count === 0);
  });
}

async function begin(): Promise<{ run: PlayedRun; message: string }> {
  const asked = rig.ask('what?', { author: 'Max' });
  const run = await rig.work(asked.id);
  await run.write('First words. ');
  const shown = await rig.controls.waitFor(({ replyTo }) => replyTo === asked.id);
  rig.controls.clearRequests();
  return { run, message: shown.id };
}

/** Lets another process take over while an edit of the first one is under way, which arrives `delayMs` late. */
async function overtakeInEdit(run: PlayedRun, delayMs: number): Promise<void> {
  const before = rig.controls.faultHits()['late'] ?? 0;
  rig.controls.inject({ route: edits, delayMs, late: true });
  await run.write('More words. ');
  await until('the edit is on its way', () => (rig.controls.faultHits()['late'] ?? 0) > before);
  await overtake(run);
}

function content(message: string): string {
  return rig.controls.messages('general').find(({ id }) => id === message)?.content ?? '';
}

function finalEdits(): number {
  const edited = rig.controls.requests().filter(({ method }) => method === 'PATCH');
  return edited.filter(({ body }) => JSON.stringify(body).includes('Last words.')).length;
}

test('who was overtaken sends nothing more', async () => {
  const { run, message } = await begin();
  await overtake(run);
  await run.answered('First words. Last words.');
  await run.end('First words. Last words.');
  await nobodyShows();
  expect(content(message)).toContain('Last words.');
  expect(finalEdits()).toBe(1);
});

test('an edit of the overtaken one that arrives late does not stay', async () => {
  const { run, message } = await begin();
  // The edit is under way when the other process takes over, writes the whole answer and finishes.
  await overtakeInEdit(run, 6_000);
  await run.answered('First words. More words. Last words.');
  await run.end('First words. More words. Last words.');
  await until('the answer stands', () => content(message).includes('Last words.'));
  await until('the late edit has arrived', () => !content(message).includes('Last words.'));
  await nobodyShows();
  expect(content(message)).toContain('Last words.');
  expect(content(message)).not.toContain('⚪');
});

test('one that finishes sees that it was disturbed, and writes all of it again', async () => {
  const { run, message } = await begin();
  await overtakeInEdit(run, 4_000);
  await until(
    'it has told',
    async () => (await rig.redis.hget(`{dragoman}:run:${run.id}:delivery`, 'disturbed')) === '1',
  );
  await run.answered('First words. More words. Last words.');
  await run.end('First words. More words. Last words.');
  await nobodyShows();
  expect(content(message)).toContain('Last words.');
  expect(finalEdits()).toBe(2);
});
