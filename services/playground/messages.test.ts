import { ActionRowBuilder, ButtonBuilder, ButtonStyle, EmbedBuilder, type Message } from 'discord.js';
import { beforeAll, expect, test } from 'vitest';
import { startPlayground, type Playground } from './start.ts';
import { nextEvent, refusalOf, startTestBot, type TestBot } from './testing/bot.ts';

let playground: Playground;
let bot: TestBot;

beforeAll(async () => {
  playground = await startPlayground({ rateLimits: false });
  bot = await startTestBot(playground);
  return async () => {
    await bot[Symbol.asyncDispose]();
    await playground[Symbol.asyncDispose]();
  };
});

test('a message brings author, member, roles and a true time', async () => {
  const heard = nextEvent<Message<true>>(bot.client, 'messageCreate');
  playground.controls.say({ channel: 'general', author: 'Olga', content: 'hello **there**' });
  const message = await heard;
  expect(message.author.username).toBe('olga');
  expect(message.member?.roles.cache.has(playground.roles.operator)).toBe(true);
  expect(message.content).toBe('hello **there**');
  expect(Math.abs(message.createdTimestamp - Date.now())).toBeLessThan(5000);
});

test('a reply refers to its message, and one to an unknown message is refused', async () => {
  const { id } = playground.controls.say({ channel: 'general', author: 'Ada', content: 'question' });
  const reply = await bot.channel('general').send({ content: 'answer', reply: { messageReference: id } });
  expect(reply.reference).toEqual({ channelId: reply.channelId, guildId: reply.guildId, messageId: id, type: 0 });
  expect((await reply.fetchReference()).content).toBe('question');
  const gone = { messageReference: '1457523995443299999' };
  const refused = bot.channel('general').send({ content: 'x', reply: { ...gone, failIfNotExists: true } });
  expect(await refusalOf(refused)).toEqual({ status: 400, code: 50035 });
  const sent = await bot.channel('general').send({ content: 'x', reply: { ...gone, failIfNotExists: false } });
  expect(sent.reference).toBeNull();
});

test('an edit changes what it names and is heard; another author is refused', async () => {
  const sent = await bot.channel('general').send({ content: 'one', embeds: [new EmbedBuilder().setTitle('kept')] });
  const heard = nextEvent<Message>(bot.client, 'messageUpdate');
  const edited = await sent.edit('two');
  await heard;
  expect(edited.embeds[0]?.title).toBe('kept');
  expect(playground.controls.message(sent.id)).toMatchObject({
    content: 'two',
    editedAt: expect.any(String) as string,
  });
  const other = playground.controls.say({ channel: 'general', author: 'Max', content: 'mine' });
  const foreign = await bot.channel('general').messages.fetch(other.id);
  expect(await refusalOf(bot.channel('general').messages.edit(foreign.id, 'yours'))).toEqual({
    status: 403,
    code: 50005,
  });
});

test('messages are listed newest first, before and after one of them', async () => {
  const channel = bot.channel('data');
  const ids = ['a', 'b', 'c', 'd'].map(
    (content) => playground.controls.say({ channel: 'data', author: 'Dev', content }).id,
  );
  const texts = async (query: object) =>
    (await channel.messages.fetch({ ...query, cache: false })).map((m) => m.content);
  expect(await texts({ limit: 2 })).toEqual(['d', 'c']);
  expect(await texts({ before: ids[2] })).toEqual(['b', 'a']);
  expect(await texts({ after: ids[1] })).toEqual(['d', 'c']);
});

test('a deleted message is unknown, and its deletion is heard', async () => {
  const sent = await bot.channel('general').send('going');
  const heard = nextEvent<Message>(bot.client, 'messageDelete');
  await sent.delete();
  expect((await heard).id).toBe(sent.id);
  expect(await refusalOf(sent.edit('too late'))).toEqual({ status: 404, code: 10008 });
});

test('what Discord refuses is refused with its code', async () => {
  const channel = bot.channel('general');
  const button = (id: string) => new ButtonBuilder().setCustomId(id).setLabel('b').setStyle(ButtonStyle.Primary);
  const row = (ids: string[]) => new ActionRowBuilder<ButtonBuilder>().addComponents(ids.map(button)).toJSON();
  const raw = (body: object) => bot.client.rest.post(`/channels/${channel.id}/messages`, { body });
  expect(await refusalOf(raw({ content: 'x'.repeat(2001) }))).toEqual({ status: 400, code: 50035 });
  expect(await refusalOf(raw({ content: ' \n ' }))).toEqual({ status: 400, code: 50006 });
  expect(await refusalOf(raw({ embeds: Array.from({ length: 11 }, () => ({ title: 't' })) }))).toMatchObject({
    code: 50035,
  });
  expect(await refusalOf(raw({ embeds: [{ description: 'x'.repeat(4097) }] }))).toMatchObject({ code: 50035 });
  const two = [{ description: 'x'.repeat(4000) }, { description: 'x'.repeat(2001) }];
  expect(await refusalOf(raw({ embeds: two }))).toMatchObject({ code: 50035 });
  expect(
    await refusalOf(raw({ content: 'x', components: Array.from({ length: 6 }, (_, i) => row([`${i}`])) })),
  ).toMatchObject({ code: 50035 });
  const six = { type: 1, components: ['1', '2', '3', '4', '5', '6'].map((id) => button(id).toJSON()) };
  expect(await refusalOf(raw({ content: 'x', components: [six] }))).toMatchObject({ code: 50035 });
  const long = { type: 1, components: [{ type: 2, style: 1, label: 'b', custom_id: 'x'.repeat(101) }] };
  expect(await refusalOf(raw({ content: 'x', components: [long] }))).toMatchObject({ code: 50035 });
  expect(
    (await channel.send({ content: 'x'.repeat(2000), components: [row(['1', '2', '3', '4', '5'])] })).content,
  ).toHaveLength(2000);
});

test('a channel that the bot may not see or write in says so', async () => {
  playground.controls.permit('data', 'Dragoman', { deny: ['SEND_MESSAGES'] });
  expect(await refusalOf(bot.channel('data').send('x'))).toEqual({ status: 403, code: 50013 });
  playground.controls.permit('data', 'Dragoman', { deny: ['VIEW_CHANNEL'] });
  const raw = bot.client.rest.get(`/channels/${playground.channels.data}/messages`);
  expect(await refusalOf(raw)).toEqual({ status: 403, code: 50001 });
  playground.controls.unpermit('data', 'Dragoman');
  expect(await refusalOf(bot.client.rest.get('/channels/1457523995443299999'))).toEqual({ status: 404, code: 10003 });
});

test('the same nonce makes one message when it is enforced, and two when it is not', async () => {
  const channel = bot.channel('general');
  const first = await channel.send({ content: 'once', nonce: 'n1', enforceNonce: true });
  const second = await channel.send({ content: 'once', nonce: 'n1', enforceNonce: true });
  expect(second.id).toBe(first.id);
  const third = await channel.send({ content: 'once', nonce: 'n1' });
  expect(third.id).not.toBe(first.id);
  playground.controls.advanceClock(181_000);
  expect((await channel.send({ content: 'once', nonce: 'n1', enforceNonce: true })).id).not.toBe(third.id);
});
