import { performance } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import { startPlayground } from './start.ts';
import { startTestBot } from './testing/bot.ts';

test('each answer says what is left; the client keeps to it and earns no 429', async () => {
  await using playground = await startPlayground();
  await using bot = await startTestBot(playground);
  const message = await bot.channel('general').send('react');
  await Promise.all(['👀', '✅', '👍', '🎉'].map((emoji) => message.react(emoji)));
  const puts = playground.controls.requests().filter(({ method }) => method === 'PUT');
  expect(puts.map(({ status }) => status)).toEqual([204, 204, 204, 204]);
  // The limit is one request in a quarter of a second.
  expect((puts[3]?.at ?? 0) - (puts[0]?.at ?? 0)).toBeGreaterThan(600);
});

test('what exceeds a window is refused with its headers, and does not lengthen it', async () => {
  await using playground = await startPlayground();
  const { controls } = playground;
  const url = `${playground.url}/v10/channels/${playground.channels.general}/messages`;
  const headers = { authorization: `Bot ${playground.token}`, 'content-type': 'application/json' };
  const post = () => fetch(url, { method: 'POST', headers, body: '{"content":"x"}' });
  const first = await post();
  expect(first.headers.get('x-ratelimit-limit')).toBe('5');
  expect(first.headers.get('x-ratelimit-remaining')).toBe('4');
  expect(Number(first.headers.get('x-ratelimit-reset-after'))).toBeGreaterThan(4);
  for (let i = 0; i < 4; i += 1) await post();
  const refused = await post();
  expect(refused.status).toBe(429);
  expect(refused.headers.get('x-ratelimit-scope')).toBe('user');
  expect(await refused.json()).toMatchObject({ global: false, retry_after: expect.any(Number) as number });
  await post();
  controls.advanceClock(5001);
  expect((await post()).status).toBe(200);
  expect(controls.invalidRequests()).toEqual({ count: 2, wouldBeBanned: false });
});

test('an injected 429 is waited out', async () => {
  await using playground = await startPlayground();
  await using bot = await startTestBot(playground);
  playground.controls.inject({ route: 'POST /channels/*/messages', status: 429, retryAfter: 0.4 });
  const begin = performance.now();
  await bot.channel('general').send('patience');
  expect(performance.now() - begin).toBeGreaterThan(350);
  const statuses = playground.controls.requests().filter(({ method }) => method === 'POST');
  expect(statuses.map(({ status }) => status)).toEqual([429, 200]);
});
