import { expect, test } from 'vitest';
import { startPlayground } from './start.ts';
import { startTestBot } from './testing/bot.ts';

test('a hundred conversations at once are answered once each, under the global limit', async () => {
  await using playground = await startPlayground();
  await using bot = await startTestBot(playground);
  const { controls } = playground;
  bot.client.on('messageCreate', (message) => {
    if (!message.author.bot) void message.reply(`answer to ${message.content}`);
  });
  const channels = Array.from({ length: 100 }, (_, i) => controls.addChannel({ name: `room-${i}` }));
  const asked = channels.map((channel) => controls.say({ channel, author: 'Ada', content: channel }));
  await Promise.all(asked.map(({ id }) => controls.waitFor((m) => m.replyTo === id)));
  const posts = controls.requests().filter(({ method }) => method === 'POST');
  const taken = posts.filter(({ status }) => status === 200).map(({ at }) => at);
  expect(taken).toHaveLength(100);
  // discord.js counts when it sends, Discord when it receives. Requests that are too many by that difference are
  // refused and sent again.
  expect(new Set(posts.map(({ status }) => status)).difference(new Set([200, 429]))).toEqual(new Set());
  // A window of a second takes at most fifty requests, so a hundred need two windows.
  expect(Math.max(...taken) - Math.min(...taken)).toBeGreaterThan(500);
  for (const channel of channels) expect(controls.messages(channel)).toHaveLength(2);
});
