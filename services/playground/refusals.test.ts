import type { APIMessage, GuildTextBasedChannel, Message } from 'discord.js';
import { expect, test } from 'vitest';
import { startPlayground } from './start.ts';
import { nextEvent, refusalOf, startTestBot } from './testing/bot.ts';

async function channelOf(bot: { client: { channels: { fetch(id: string): Promise<unknown> } } }, id: string) {
  return (await bot.client.channels.fetch(id)) as GuildTextBasedChannel;
}

test('in an archived thread nothing is edited or reacted to; writing opens it, unless it is locked', async () => {
  await using playground = await startPlayground({ rateLimits: false });
  const { controls } = playground;
  await using bot = await startTestBot(playground);
  const thread = controls.startThread({ channel: 'general', author: 'Ada', name: 'talk' });
  controls.joinThread(thread, 'Dragoman');
  const channel = await channelOf(bot, thread);
  const own = await channel.send('mine');
  controls.updateThread(thread, { archived: true });
  expect(await refusalOf(own.edit('changed'))).toMatchObject({ code: 50_083, status: 400 });
  expect(await refusalOf(own.react('👍'))).toMatchObject({ code: 50_083 });
  await channel.send('opened again');
  await own.edit('changed');
  controls.updateThread(thread, { locked: true });
  expect(await refusalOf(own.edit('again'))).toMatchObject({ code: 160_005 });
  expect(await refusalOf(channel.send('more'))).toMatchObject({ code: 160_005 });
  controls.updateThread(thread, { archived: true });
  expect(await refusalOf(channel.send('more'))).toMatchObject({ code: 50_083 });
});

test('without the history there is nothing to read and no replying', async () => {
  await using playground = await startPlayground({ rateLimits: false });
  const { controls } = playground;
  await using bot = await startTestBot(playground);
  const channel = await channelOf(bot, playground.channels.general);
  const heard = nextEvent<Message>(bot.client, 'messageCreate');
  controls.say({ channel: 'general', author: 'Ada', content: 'hello' });
  const message = await heard;
  controls.permit('general', 'Dragoman', { deny: ['READ_MESSAGE_HISTORY'] });
  expect(await refusalOf(message.reply('hi'))).toMatchObject({ code: 160_002 });
  expect((await channel.messages.fetch({ limit: 10, cache: false })).size).toBe(0);
});

test('moderation stops words and links, in what is written and in what is edited', async () => {
  await using playground = await startPlayground({ rateLimits: false });
  const { controls } = playground;
  await using bot = await startTestBot(playground);
  const channel = await channelOf(bot, playground.channels.general);
  controls.block({ text: 'Fruit' });
  controls.block({ text: 'bad.invalid', kind: 'link' });
  expect(await refusalOf(channel.send('some fruit'))).toMatchObject({ code: 200_000 });
  expect(await refusalOf(channel.send({ embeds: [{ description: 'some fruit' }] }))).toMatchObject({ code: 200_000 });
  const own = await channel.send('clean');
  expect(await refusalOf(own.edit('see https://bad.invalid'))).toMatchObject({ code: 240_000 });
  expect(() => controls.say({ channel: 'general', author: 'Ada', content: 'fruit' })).toThrow('Moderation');
});

test('a server in an outage is told as unavailable, and knows nothing until it is back', async () => {
  await using playground = await startPlayground({ rateLimits: false });
  const { controls, guildId } = playground;
  await using bot = await startTestBot(playground);
  const gone = nextEvent(bot.client, 'guildUnavailable');
  controls.setOutage(guildId, true);
  await gone;
  const back = nextEvent(bot.client, 'guildAvailable');
  controls.setOutage(guildId, false);
  await back;
  const heard = nextEvent<Message>(bot.client, 'messageCreate');
  controls.say({ channel: 'general', author: 'Ada', content: 'we are back' });
  expect((await heard).content).toBe('we are back');
});

test('a forward holds a copy that does not say who wrote it', async () => {
  await using playground = await startPlayground({ rateLimits: false });
  const { controls } = playground;
  await using bot = await startTestBot(playground);
  const before = nextEvent<Message>(bot.client, 'messageCreate');
  const said = controls.say({ channel: 'data', author: 'Ada', content: 'as it was' });
  await before;
  const heard = nextEvent<Message>(bot.client, 'messageCreate');
  controls.say({ channel: 'general', author: 'Max', forward: said.id });
  const forward = await heard;
  expect(forward.reference).toMatchObject({ type: 1, messageId: said.id });
  controls.editMessage(said.id, 'changed');
  // The library shows its own newest copy of a message that it has heard, so the playground is asked.
  const [asked] = (await bot.client.rest.get(`/channels/${forward.channelId}/messages?limit=1`)) as APIMessage[];
  expect(asked?.message_snapshots?.[0]?.message.content).toBe('as it was');
});
