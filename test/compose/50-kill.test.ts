import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { docker } from './docker.ts';
import { containerOf, healthOf, load, until } from './stack.ts';

/** Everything that a run needs, killed one after the other while runs come in. */
const victims = ['worker', 'redis', 'tool-runner-postgres', 'postgres', 'ingress', 'litellm'];

test('kill -9 of each container in turn, under load, loses nothing', async () => {
  const running = load({ name: 'killed', runs: 100, every: 500, seconds: 420 });
  for (const victim of victims) {
    await sleep(3_000);
    const id = await containerOf(victim);
    await docker(['kill', '-s', 'KILL', id]);
    await sleep(1_000);
    await docker(['start', id]);
    await until(`${victim} is healthy again`, async () => (await healthOf(victim)).join() === 'healthy');
  }
  const { outcomes, wrong } = await running;
  expect({ outcomes, wrong }).toEqual({ outcomes: { answered: 100 }, wrong: [] });
});
