import { afterAll, beforeAll, expect, test } from 'vitest';
import { replayRun } from '#shared/run/replay.ts';
import { playWorker } from './played-worker.ts';
import { startRig, type Rig } from './rig.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ playground: { rateLimits: false } });
});

afterAll(() => rig[Symbol.asyncDispose]());

const away = { outcome: 'failed', reason: 'model-away' } as const;
const replay = (runId: string) =>
  replayRun({ redis: rig.redis, queues: rig.queues }, runId, { from: 'failed-step', by: 'operator' });
const answersTo = (asked: string) => rig.controls.messages('general').filter(({ replyTo }) => replyTo === asked);

test("an operator's replay answers in place of the failed message, and says so", async () => {
  const { id: asked } = rig.ask('something');
  const run = await rig.work(asked);
  await run.end('The model could not be reached.', away);
  const failed = await rig.controls.waitFor(
    ({ replyTo, content }) => replyTo === asked && content.includes('❌ The model could not be reached.'),
  );
  expect(await replay(run.id)).toEqual({ state: 'accepted', runId: `${run.id}-r1` });
  const again = await playWorker(rig.redis, rig.queues, `${run.id}-r1`);
  await again.answered('Here it is.');
  await again.end('Here it is.');
  const shown = await rig.controls.waitFor(({ id, content }) => id === failed.id && content.includes('answered anew'));
  expect(shown.content).toContain('Here it is.');
  expect(shown.content).not.toContain('❌');
  expect(answersTo(asked)).toHaveLength(1);
  const signs = () =>
    rig.controls
      .message(asked)
      ?.reactions.map(({ emoji }) => emoji)
      .join();
  await rig.controls.until(() => signs() === '✅');
});

test('a run that failed and was replayed while nobody could show it is shown once', async () => {
  const { id: asked } = rig.ask('something else');
  const run = await rig.work(asked);
  await rig.stop();
  await run.end('The model could not be reached.', away);
  await replay(run.id);
  const again = await playWorker(rig.redis, rig.queues, `${run.id}-r1`);
  await again.answered('Here it is.');
  await again.end('Here it is.');
  await rig.start();
  const shown = await rig.controls.waitFor(
    ({ replyTo, content }) => replyTo === asked && content.includes('Here it is.'),
  );
  expect(shown.content).toContain('answered anew');
  // Both jobs are done, so nothing more will come.
  const replies = rig.queues.queue('replies');
  const open = async () => Object.values(await replies.getJobCounts()).reduce((sum, count) => sum + count, 0);
  await expect.poll(open).toBe(0);
  expect(answersTo(asked)).toHaveLength(1);
});
