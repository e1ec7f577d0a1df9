import { expect, test } from 'vitest';
import { startPlayground } from './start.ts';
import { startTestBot } from './testing/bot.ts';

const SEND = 'POST /channels/*/messages';

test('a server error is tried again', async () => {
  await using playground = await startPlayground();
  await using bot = await startTestBot(playground);
  playground.controls.inject({ route: SEND, status: 502, times: 2 });
  await bot.channel('general').send('third time');
  const posts = playground.controls.requests().filter(({ method }) => method === 'POST');
  expect(posts.map(({ status }) => status)).toEqual([502, 502, 200]);
});

test('an error after the message was stored makes two messages, unless a nonce is enforced', async () => {
  await using playground = await startPlayground();
  await using bot = await startTestBot(playground);
  const { controls } = playground;
  const count = (text: string) => controls.messages('general').filter(({ content }) => content === text).length;
  controls.inject({ route: SEND, status: 500, afterStore: true });
  await bot.channel('general').send('doubled');
  expect(count('doubled')).toBe(2);
  controls.inject({ route: SEND, status: 500, afterStore: true });
  await bot.channel('general').send({ content: 'once', nonce: 'n', enforceNonce: true });
  expect(count('once')).toBe(1);
  expect(controls.faultHits()).toMatchObject({ '500 after store': 2 });
});

test('a request that hangs or is cut off is given up and tried again', async () => {
  await using playground = await startPlayground();
  await using bot = await startTestBot(playground, { rest: { timeout: 1000 } });
  playground.controls.inject({ route: SEND, hang: true });
  playground.controls.inject({ route: SEND, cut: true });
  await bot.channel('general').send('through');
  const posts = playground.controls.requests().filter(({ method }) => method === 'POST');
  expect(posts.map(({ status }) => status)).toEqual([0, 0, 200]);
});
