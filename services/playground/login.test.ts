import { Client, GatewayIntentBits, Partials } from 'discord.js';
import { expect, test } from 'vitest';
import { startPlayground } from './start.ts';

test('an unmodified discord.js client logs in, hears a mention, replies and edits its reply', async () => {
  await using playground = await startPlayground();
  const { controls } = playground;
  const client = new Client({
    rest: { api: playground.url },
    intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.MessageContent],
    partials: [Partials.Channel],
  });
  client.on('messageCreate', async (message) => {
    if (message.author.bot) return;
    const reply = await message.reply('thinking');
    await reply.edit(`You said: ${message.content}`);
  });
  await client.login(playground.token);
  const asked = controls.say({ channel: 'general', author: 'Ada', content: `<@${playground.botId}> hello` });
  const answer = await controls.waitFor((m) => m.replyTo === asked.id && m.editedAt !== undefined);
  expect(answer.content).toBe(`You said: <@${playground.botId}> hello`);
  expect(answer.author.id).toBe(playground.botId);
  await client.destroy();
});
