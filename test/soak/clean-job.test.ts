import { expect, it } from 'vitest';
import { keys } from '#shared/keys.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { startRig } from '#test/worker/rig.ts';

it('a worker cleans by its configuration', async () => {
  await using rig = await startRig();
  await using _ = await rig.worker({ toolbox: createPlayedToolbox({}) }, { RETENTION_FAILED_MAX: 0 });
  rig.model.fail(1, 401);
  const { runId } = await rig.ask('Hello?');
  rig.model.handle(() => ({ text: 'Hello.' }));
  const { runId: answered } = await rig.ask('Hello?');
  await rig.queues.add('clean', {});
  await expect.poll(() => rig.redis.exists(keys.run(runId))).toBe(0);
  expect(await rig.redis.exists(keys.run(answered))).toBe(1);
});
