import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { docker } from './docker.ts';
import { containerOf, healthOf, lastingServices, load, until } from './stack.ts';

/** The services that a run goes through come first: the load must still be there while they are killed. */
const first = ['worker', 'redis', 'tool-runner-postgres', 'postgres', 'litellm', 'ingress'];
const victims = [...first, ...lastingServices.filter((name) => !first.includes(name))];
const runs = 180;

test('kill -9 of each container in turn, under load, loses nothing', { timeout: 1_200_000 }, async () => {
  const running = load({ name: 'killed', runs, every: 1_000, seconds: 1_000 });
  await sleep(3_000);
  for (const victim of victims) {
    const id = await containerOf(victim);
    await docker(['kill', '-s', 'KILL', id]);
    await sleep(1_000);
    // `unless-stopped` restarts what crashed, but takes what was killed through Docker for stopped.
    await docker(['start', id]);
    await until(`${victim} is healthy again`, async () => (await healthOf(victim)).join() === 'healthy', 300_000);
  }
  const { outcomes, wrong } = await running;
  expect({ outcomes, wrong }).toEqual({ outcomes: { answered: runs }, wrong: [] });
});
