import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { keys } from '#shared/redis/keys.ts';
import { steerRun } from '#shared/run/steer.ts';
import { stopRun } from '#shared/run/stop.ts';
import { mark } from '#test/model/turn.ts';
import { createPlayedToolbox, untilStopped } from '#test/worker/played-toolbox.ts';
import { startRig, type Rig } from '#test/worker/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig[Symbol.asyncDispose]());
afterEach(() => rig.model.reset());

/** A run that is inside a call which goes on until `signal` aborts, or until it is let go. */
async function inside(name: string) {
  const { promise: gone, resolve: letGo } = Promise.withResolvers<string>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const toolbox = createPlayedToolbox({
    look: {
      run(order) {
        begin();
        return Promise.race([untilStopped(order), gone]);
      },
    },
  });
  const worker = await rig.worker({ toolbox });
  rig.model.script(name, [{ toolCalls: [{ name: 'look', arguments: {} }] }, { text: 'Looked.' }, { text: 'Heard.' }]);
  const runId = await rig.accept(mark(name, 'Look.'));
  await begun;
  return { runId, letGo: () => letGo('seen'), [Symbol.asyncDispose]: () => worker[Symbol.asyncDispose]() };
}

it('hears of a stop that came while it had no connection to listen on', async () => {
  await using run = await inside('deaf');
  await rig.redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
  expect(await stopRun(rig.runs, run.runId, 'Ann')).toBe('stopping');
  expect(await rig.ended(run.runId)).toMatchObject({ outcome: 'stopped' });
}, 15_000);

it('hears of a stop whose sender died before it could say so', async () => {
  await using run = await inside('dead');
  const silent = new Proxy(rig.redis, {
    get: (target, name) => (name === 'publish' ? () => Promise.resolve(0) : Reflect.get(target, name)) as unknown,
  });
  expect(await stopRun({ ...rig.runs, redis: silent }, run.runId, 'Ann')).toBe('stopping');
  expect(await rig.ended(run.runId)).toMatchObject({ outcome: 'stopped' });
}, 15_000);

it('hears what was said while it had no connection to listen on', async () => {
  await using run = await inside('said');
  await rig.redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
  expect(await steerRun(rig.runs, run.runId, 'Ann', 'And there.')).toBe('heard');
  await expect.poll(async () => (await rig.redis.pubsub('NUMSUB', keys.control))[1], { timeout: 5_000 }).toBe(1);
  // Redis has answered all that the subscriber sent with its subscription before this.
  await rig.redis.ping();
  run.letGo();
  await rig.ended(run.runId);
  expect(JSON.stringify(rig.model.requests.at(-1)?.body.messages)).toContain('And there.');
}, 15_000);
