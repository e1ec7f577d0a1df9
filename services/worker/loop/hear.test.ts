import { afterAll, beforeAll, expect, it } from 'vitest';
import { mark, messageText } from '#test/model/turn.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { startRig, type Rig } from '#test/worker/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig[Symbol.asyncDispose]());

it('what was said is heard by the next worker when the one that held the run ends before', async () => {
  rig.model.script('steered', ({ body }) => {
    const said = body.messages.some((message) => messageText(message).endsWith('Ada: Shorter.'));
    return said ? { text: 'Short.' } : { text: 'word '.repeat(100), chunkDelayMs: 50 };
  });
  const first = await rig.worker({ toolbox: createPlayedToolbox({}) }, { SHUTDOWN_GRACE_MS: 0 });
  const runId = await rig.accept(mark('steered', 'Tell me all.'));
  await rig.model.received(1);
  expect(await rig.runs.steer(runId, 'Ada', 'Shorter.')).toBe('heard');
  await first[Symbol.asyncDispose]();
  await using _ = await rig.worker({ toolbox: createPlayedToolbox({}) });
  expect((await rig.ended(runId)).text).toBe('Short.');
  expect(
    rig.model.requests
      .at(-1)
      ?.body.messages.slice(1)
      .map(({ role }) => role),
  ).toEqual(['user', 'user']);
  expect(await rig.runs.steer(runId, 'Ada', 'Longer.')).toBe('ended');
  expect(await rig.runs.steer('nobody', 'Ada', 'Longer.')).toBe('unknown');
});
