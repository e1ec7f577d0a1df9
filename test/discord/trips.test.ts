import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { allCommands, countByConnection, listCommands, perRun, type Commands } from '#test/bench/commands.ts';
import { mark } from '#test/model/turn.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { startLiveRig, type LiveRig } from './live-rig.ts';

let rig: LiveRig;
beforeAll(async () => {
  // Longer than the first message takes, which names the tool, so that the answer comes by an edit.
  const toolbox = createPlayedToolbox({ look: { run: async () => (await sleep(50), 'seen') } });
  rig = await startLiveRig({ worker: { toolbox } });
  rig.model.script('trips', [{ toolCalls: [{ name: 'look', arguments: {} }] }, { text: 'It is there.' }]);
});
afterAll(() => rig[Symbol.asyncDispose]());

const most = 25;
const runs = 20;
const idleMs = 2_000;

async function ask(): Promise<void> {
  const channel = rig.controls.addChannel({ name: 'trips' });
  rig.controls.say({ channel, author: 'Ada', content: `<@${rig.playground.botId}> ${mark('trips', 'Look.')}` });
  const stands = () => rig.controls.messages(channel).some(({ content }) => content.includes('It is there.'));
  await rig.controls.until(stands, 30_000);
}

async function measure(): Promise<Commands> {
  const idle = await countByConnection(rig.server.url, () => sleep(idleMs));
  const began = performance.now();
  const busy = await countByConnection(rig.server.url, async () => {
    for (let count = 0; count < runs; count += 1) await ask();
    // The commands right after a finished answer still belong to it.
    await sleep(500);
  });
  const commands = perRun(busy, idle, { runs, share: (performance.now() - began) / idleMs });
  commands.delete('dragoman-test');
  return commands;
}

it(`a question with one tool call makes less than ${most} Redis commands`, { timeout: 120_000 }, async () => {
  await ask();
  let commands = await measure();
  // A busy machine edits more often, and asks more often whether it may.
  for (let more = 0; more < 3 && allCommands(commands) >= most; more += 1) commands = await measure();
  expect(allCommands(commands), listCommands(commands)).toBeLessThan(most);
  // Neither were the commands of a connection left out.
  expect(allCommands(commands), listCommands(commands)).toBeGreaterThan(20);
});
