import type { MessageReaction, Typing, User } from 'discord.js';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { startPlayground } from './start.ts';
import { nextEvent, refusalOf, startTestBot } from './testing/bot.ts';

test('the bot reacts, takes it back, and hears the reactions of people', async () => {
  await using playground = await startPlayground({ rateLimits: false });
  const { controls } = playground;
  await using bot = await startTestBot(playground);
  const asked = controls.say({ channel: 'general', author: 'Ada', content: 'react' });
  const message = await bot.channel('general').messages.fetch(asked.id);
  const own = await message.react('👀');
  expect(controls.message(asked.id).reactions).toEqual([{ emoji: '👀', users: [playground.botId] }]);
  await own.users.remove();
  expect(controls.message(asked.id).reactions).toEqual([]);
  expect(await refusalOf(message.react('nonsense'))).toMatchObject({ status: 400, code: 10014 });
  const heard = once(bot.client, 'messageReactionAdd') as Promise<[MessageReaction, User]>;
  controls.react(asked.id, 'Max', '👍');
  const [reaction, user] = await heard;
  expect([reaction.emoji.name, user.id]).toEqual(['👍', playground.people.Max]);
});

test('typing is shown both ways', async () => {
  await using playground = await startPlayground();
  await using bot = await startTestBot(playground);
  const heard = nextEvent<Typing>(bot.client, 'typingStart');
  playground.controls.type('general', 'Olga');
  expect((await heard).user.id).toBe(playground.people.Olga);
  await bot.channel('general').sendTyping();
  expect(playground.controls.requests().at(-1)).toMatchObject({ method: 'POST', status: 204 });
});
