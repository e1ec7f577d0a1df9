import { GatewayIntentBits, type Message } from 'discord.js';
import { expect, test } from 'vitest';
import { startPlayground } from './start.ts';
import { PATIENTLY, nextEvent, startTestBot } from './testing/bot.ts';

const { Guilds, GuildMessages, DirectMessages } = GatewayIntentBits;

test('without the content intent only mentions, DMs and own messages have text', async () => {
  await using playground = await startPlayground({ rateLimits: false });
  const { controls, botId } = playground;
  await using bot = await startTestBot(playground, { intents: [Guilds, GuildMessages, DirectMessages] });
  const texts: string[] = [];
  bot.client.on('messageCreate', (message) => texts.push(message.content));
  controls.say({ channel: 'general', author: 'Ada', content: 'secret' });
  controls.say({ channel: 'general', author: 'Ada', content: `<@${botId}> open` });
  controls.say({ channel: '@Ada', author: 'Ada', content: 'private' });
  await bot.channel('general').send('my own');
  await expect.poll(() => texts, PATIENTLY).toEqual(['', `<@${botId}> open`, 'private', 'my own']);
});

test('without the message intents no message comes, and without Guilds no server', async () => {
  await using playground = await startPlayground({ rateLimits: false });
  const { controls, guildId } = playground;
  await using bot = await startTestBot(playground, { intents: [Guilds] });
  const seen: string[] = [];
  bot.client.on('raw' as never, ((packet: { t: string | null }) => packet.t && seen.push(packet.t)) as never);
  controls.say({ channel: 'general', author: 'Ada', content: 'unheard' });
  controls.say({ channel: '@Ada', author: 'Ada', content: 'unheard' });
  const thread = nextEvent(bot.client, 'threadCreate');
  controls.startThread({ channel: 'general', author: 'Ada', name: 'heard' });
  await thread;
  expect(seen).toEqual(['THREAD_CREATE']);
  await using blind = await startTestBot(playground, { intents: [GuildMessages], waitGuildTimeout: 50 });
  expect(blind.client.guilds.cache.get(guildId)?.available).toBe(false);
});

test('without the members intent the full list of members does not come', async () => {
  await using playground = await startPlayground();
  await using bot = await startTestBot(playground, { intents: [Guilds] });
  const guild = bot.client.guilds.cache.get(playground.guildId);
  await expect(guild?.members.fetch({ time: 100 })).rejects.toMatchObject({ code: 'GuildMembersTimeout' });
  expect(
    (await guild?.members.fetch({ query: 'de', limit: 5, time: 2000 }))?.map(({ displayName }) => displayName),
  ).toEqual(['Dev']);
});

test('messages of channels that the bot cannot see do not come', async () => {
  await using playground = await startPlayground();
  const { controls } = playground;
  await using bot = await startTestBot(playground);
  controls.permit('data', 'Dragoman', { deny: ['VIEW_CHANNEL'] });
  const heard = nextEvent<Message>(bot.client, 'messageCreate');
  controls.say({ channel: 'data', author: 'Ada', content: 'hidden' });
  controls.say({ channel: 'general', author: 'Ada', content: 'seen' });
  expect((await heard).content).toBe('seen');
});
