import { afterAll, beforeAll, expect, it } from 'vitest';
import { keys } from '#shared/redis/keys.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { startRig, type Rig } from '#test/worker/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig[Symbol.asyncDispose]());

it('a run whose journal is gone from Redis ends as failed, and the next of its conversation goes on', async () => {
  const [first, second] = [
    await rig.accept('One?', { conversation: 'talk' }),
    await rig.accept('Two?', { conversation: 'talk' }),
  ];
  await rig.redis.unlink(keys.journal(first));
  rig.model.enqueue({ text: 'Second.' });
  await using _ = await rig.worker({ toolbox: createPlayedToolbox({}) });
  expect(await rig.ended(second)).toMatchObject({ outcome: 'answered', text: 'Second.' });
  const entries = (await rig.runs.journal(first)).map(({ entry }) => entry);
  expect(entries.at(-1)).toMatchObject({ type: 'run.ended', outcome: 'failed', reason: 'journal-lost', step: 0 });
  const record = await rig.runs.read(first);
  expect(record).toMatchObject({ status: 'ended', outcome: 'failed', reason: 'journal-lost' });
  const { durationMs } = entries.at(-1) as { durationMs: number };
  expect(durationMs).toBeLessThan(60_000);
  expect(await rig.redis.zscore(keys.failed, first)).not.toBeNull();
});
