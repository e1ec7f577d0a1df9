import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createChannelPace } from './channel-pace.ts';

const calm = () => new AbortController().signal;

test('edits of all runs in a channel are an interval apart, in the order they asked', async () => {
  const pace = createChannelPace(50);
  const times: [string, number][] = [];
  const edits = ['one', 'two', 'three'].map(async (run) => {
    const release = await pace.turn('a', calm());
    times.push([run, performance.now()]);
    release(true);
  });
  await Promise.all(edits);
  const [one, two, three] = times;
  expect(times.map(([run]) => run)).toEqual(['one', 'two', 'three']);
  expect((two?.[1] ?? 0) - (one?.[1] ?? 0)).toBeGreaterThanOrEqual(50);
  expect((three?.[1] ?? 0) - (two?.[1] ?? 0)).toBeGreaterThanOrEqual(50);
});

test('channels do not wait for each other, and an unused turn costs nothing', async () => {
  const pace = createChannelPace(60_000);
  (await pace.turn('a', calm()))(true);
  (await pace.turn('b', calm()))(false);
  (await pace.turn('b', calm()))(true);
});

test('what is urgent does not wait, but others wait for it', async () => {
  const pace = createChannelPace(60_000);
  (await pace.turn('a', calm()))(true);
  const urgent = new AbortController();
  const waiting = pace.turn('a', urgent.signal);
  urgent.abort();
  (await waiting)(true);
  const late = new AbortController();
  let passed = false;
  const next = pace.turn('a', late.signal).then((release) => {
    passed = true;
    release(true);
  });
  await sleep(20);
  expect(passed).toBe(false);
  late.abort();
  await next;
});
