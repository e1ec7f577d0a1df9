import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { mark } from '#test/model/turn.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { startRig, type Rig } from '#test/worker/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig[Symbol.asyncDispose]());
afterEach(() => rig.model.reset());

/** Redis refuses writes from now on, for so long that a worker has tried. */
async function refuseForAWhile(): Promise<void> {
  await rig.redis.config('SET', 'maxmemory', '1');
  void sleep(1_500).then(() => rig.redis.config('SET', 'maxmemory', '0'));
}

it('what a tool has done while Redis took no writes is stored when it does, and nobody is asked', async () => {
  const toolbox = createPlayedToolbox({
    write: {
      async run() {
        await refuseForAWhile();
        return 'written';
      },
      readOnly: false,
    },
  });
  await using _ = await rig.worker({ toolbox });
  rig.model.script('refused', [{ toolCalls: [{ name: 'write', arguments: {} }] }, { text: 'Done.' }]);
  const runId = await rig.accept(mark('refused', 'Write.'));
  expect(await rig.ended(runId)).toMatchObject({ outcome: 'answered', text: 'Done.', iterations: 2 });
  expect(toolbox.calls).toHaveLength(1);
});

it('an answer that came while Redis took no writes is not paid for twice', async () => {
  const toolbox = createPlayedToolbox({ look: { run: () => 'seen' } });
  await using _ = await rig.worker({ toolbox });
  const first = { toolCalls: [{ name: 'look', arguments: {} }], delayMs: 1_000 };
  rig.model.script('paid', [first, { text: 'Done.' }]);
  const runId = await rig.accept(mark('paid', 'Look.'));
  await expect.poll(() => rig.model.requests.length, { interval: 10 }).toBe(1);
  await refuseForAWhile();
  expect(await rig.ended(runId)).toMatchObject({ outcome: 'answered', text: 'Done.' });
  expect(rig.model.requests).toHaveLength(2);
});
