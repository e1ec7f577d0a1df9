import { afterAll, beforeAll, expect, it } from 'vitest';
import { mark } from '#test/model/turn.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { startRig, type Rig } from '#test/worker/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ durable: true });
});
afterAll(() => rig[Symbol.asyncDispose]());

it('a run goes on when Redis is killed under it and comes back', async () => {
  const toolbox = createPlayedToolbox({
    look: {
      run: async () => {
        await rig.server.kill();
        // Redis comes back later than the tool, so that the tool's result has to wait to be stored.
        setTimeout(() => void rig.server.start(), 300);
        return 'seen';
      },
    },
  });
  await using _ = await rig.worker({ toolbox });
  rig.model.script('away', [{ toolCalls: [{ name: 'look', arguments: {} }] }, { text: 'Still here.' }]);
  const runId = await rig.accept(mark('away', 'Look.'));
  expect(await rig.ended(runId)).toMatchObject({ outcome: 'answered', text: 'Still here.', iterations: 2 });
  expect(toolbox.calls).toHaveLength(1);
  // The next run uses the same connections.
  rig.model.script('next', [{ text: 'As always.' }]);
  expect(await rig.ask(mark('next', 'And now?'))).toMatchObject({ text: 'As always.' });
});
