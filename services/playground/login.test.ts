import { once } from 'node:events';
import { Client, GatewayIntentBits, REST } from 'discord.js';
import { expect, test } from 'vitest';
import { startPlayground } from './start.ts';
import { refusalOf, startTestBot } from './testing/bot.ts';

test('a client hears a mention, replies and edits its reply', async () => {
  await using playground = await startPlayground();
  const { controls } = playground;
  await using bot = await startTestBot(playground);
  bot.client.on('messageCreate', async (message) => {
    if (message.author.bot) return;
    const reply = await message.reply('thinking');
    await reply.edit(`You said: ${message.cleanContent}`);
  });
  const asked = controls.say({ channel: 'general', author: 'Ada', content: `<@${playground.botId}> hello` });
  const answer = await controls.waitFor((m) => m.replyTo === asked.id && m.editedAt !== undefined);
  expect(answer.content).toBe('You said: @Dragoman hello');
  expect(answer.author.id).toBe(playground.botId);
});

test('logging in takes one request; the server comes with its channels, roles and members', async () => {
  await using playground = await startPlayground();
  await using bot = await startTestBot(playground);
  expect(playground.controls.requests().map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /gateway/bot']);
  const guild = bot.client.guilds.cache.get(playground.guildId);
  expect(guild?.available).toBe(true);
  expect(guild?.channels.cache.map(({ name }) => name)).toEqual(['general', 'data', 'ops']);
  expect(guild?.roles.cache.some(({ name }) => name === 'operator')).toBe(true);
  const members = await guild?.members.fetch();
  expect(members?.get(playground.people.Dev)?.roles.cache.map(({ name }) => name)).toContain('developer');
});

test('a wrong token is refused by REST with 401 and by the gateway with 4004', async () => {
  await using playground = await startPlayground();
  const rest = new REST({ api: playground.url }).setToken('not.the.token');
  expect(await refusalOf(rest.get('/users/@me'))).toMatchObject({ status: 401 });
  const socket = new WebSocket(`${playground.pageUrl.replace('http', 'ws')}/?v=10&encoding=json`);
  await once(socket, 'message');
  socket.send(JSON.stringify({ op: 2, d: { token: 'not.the.token', intents: 1, properties: {} } }));
  const [closed] = (await once(socket, 'close')) as [CloseEvent];
  expect(closed.code).toBe(4004);
});

test('a privileged intent that is switched off ends the login', async () => {
  await using playground = await startPlayground({ privilegedIntents: 0 });
  const client = new Client({ rest: { api: playground.url }, intents: [GatewayIntentBits.MessageContent] });
  await expect(client.login(playground.token)).rejects.toThrow(/disallowed intents/i);
  await client.destroy();
});

test('the bot that it is says who it is and what it may do', async () => {
  await using playground = await startPlayground();
  await using bot = await startTestBot(playground);
  const application = await bot.client.application.fetch();
  expect(application.id).toBe(playground.botId);
  expect(application.flags.has('GatewayMessageContentLimited')).toBe(true);
  expect(bot.channel('general').permissionsFor(bot.client.user)?.has('SendMessages')).toBe(true);
  expect(bot.channel('general').permissionsFor(bot.client.user)?.has('ManageMessages')).toBe(false);
});
