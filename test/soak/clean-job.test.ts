import { expect, it } from 'vitest';
import { checkAudit } from '#shared/audit/check.ts';
import { keys } from '#shared/redis/keys.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { startRig } from '#test/worker/rig.ts';

it('a worker cleans by its configuration', async () => {
  await using rig = await startRig();
  await using _ = await rig.worker({ toolbox: createPlayedToolbox({}), cleanMs: 500 }, { RETENTION_FAILED_MAX: 0 });
  rig.model.fail(1, 401);
  const { runId } = await rig.ask('Hello?');
  rig.model.handle(() => ({ text: 'Hello.' }));
  const { runId: answered } = await rig.ask('Hello?');
  await expect.poll(() => rig.redis.exists(keys.run(runId))).toBe(0);
  expect(await rig.redis.exists(keys.run(answered))).toBe(1);
});

it('a worker keeps as many audit rows as it is told, and seals the newest', async () => {
  await using rig = await startRig();
  const toolbox = createPlayedToolbox({ look: { run: () => 'seen' } });
  await using _ = await rig.worker({ toolbox, cleanMs: 500 }, { RETENTION_AUDIT_MAX: 3 });
  rig.model.handle(({ step }) => (step < 4 ? { toolCalls: [{ name: 'look', arguments: {} }] } : { text: 'Seen.' }));
  await rig.ask('Look.');
  await expect.poll(() => rig.redis.xlen(keys.audit)).toBe(3);
  await expect
    .poll(async () => (await checkAudit(rig.redis, rig.config().DRAGOMAN_SIGNING_KEY)).sealedTo)
    .toBeDefined();
  expect((await checkAudit(rig.redis, rig.config().DRAGOMAN_SIGNING_KEY)).problems).toEqual([]);
});
