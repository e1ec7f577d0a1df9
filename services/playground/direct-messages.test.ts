import type { Message } from 'discord.js';
import { expect, test } from 'vitest';
import { startPlayground } from './start.ts';
import { nextEvent, refusalOf, startTestBot } from './testing/bot.ts';

test('a direct message reaches the bot, and its reply the person', async () => {
  await using playground = await startPlayground();
  const { controls } = playground;
  await using bot = await startTestBot(playground);
  const heard = nextEvent<Message>(bot.client, 'messageCreate');
  const asked = controls.say({ channel: '@Max', author: 'Max', content: 'psst' });
  const message = await heard;
  expect(message.channel.isDMBased()).toBe(true);
  expect(message.guildId).toBeNull();
  await message.reply('yes?');
  const answer = await controls.waitFor((m) => m.replyTo === asked.id);
  expect(answer.pings).toEqual([playground.people.Max]);
});

test('the bot can write first, unless the person refuses', async () => {
  await using playground = await startPlayground();
  const { controls, people } = playground;
  await using bot = await startTestBot(playground);
  const user = await bot.client.users.fetch(people.Guest);
  await user.send('hello');
  expect(controls.messages('@Guest').map(({ content }) => content)).toEqual(['hello']);
  controls.setDmsClosed('Guest', true);
  expect(await refusalOf(user.send('again'))).toEqual({ status: 403, code: 50007 });
});
