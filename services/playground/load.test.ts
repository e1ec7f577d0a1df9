import { expect, test } from 'vitest';
import { startPlayground } from './start.ts';
import { startTestBot } from './testing/bot.ts';

test('a hundred conversations at once are answered without a 429 and without a double', async () => {
  await using playground = await startPlayground();
  await using bot = await startTestBot(playground);
  const { controls } = playground;
  bot.client.on('messageCreate', (message) => {
    if (!message.author.bot) void message.reply(`answer to ${message.content}`);
  });
  const channels = Array.from({ length: 100 }, (_, i) => controls.addChannel({ name: `room-${i}` }));
  const asked = channels.map((channel) => controls.say({ channel, author: 'Ada', content: channel }));
  await Promise.all(asked.map(({ id }) => controls.waitFor((m) => m.replyTo === id)));
  const statuses = new Set(controls.requests().map(({ status }) => status));
  expect(statuses).toEqual(new Set([200]));
  for (const channel of channels) expect(controls.messages(channel)).toHaveLength(2);
});
