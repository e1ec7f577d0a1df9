import {
  ActionRowBuilder,
  ButtonBuilder,
  ButtonStyle,
  MessageFlags,
  StringSelectMenuBuilder,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  type StringSelectMenuInteraction,
} from 'discord.js';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import type { Interacted } from './controls/outcome.ts';
import { startPlayground, type Playground } from './start.ts';
import { PATIENTLY, nextEvent, refusalOf, startTestBot, type TestBot } from './testing/bot.ts';

let playground: Playground;
let bot: TestBot;

beforeAll(async () => {
  playground = await startPlayground({ rateLimits: false });
  bot = await startTestBot(playground);
  await bot.client.application.commands.set([{ name: 'ask', description: 'Ask something' }]);
  return async () => {
    await bot[Symbol.asyncDispose]();
    await playground[Symbol.asyncDispose]();
  };
});

beforeEach(() => {
  bot.client.removeAllListeners('interactionCreate');
});

function ask(author = 'Ada') {
  return playground.controls.command({ channel: 'general', author, name: 'ask' });
}

async function nextInteraction<T = ChatInputCommandInteraction>(begin: () => unknown): Promise<T> {
  const heard = nextEvent<T>(bot.client, 'interactionCreate');
  begin();
  return heard;
}

test('an answer appears as a message of the command', async () => {
  const interaction = await nextInteraction(() => ask());
  await interaction.reply('answer');
  const message = await playground.controls.waitFor((m) => m.content === 'answer');
  expect(message).toMatchObject({ type: 20, author: { id: playground.botId } });
  expect(message.interaction).toMatchObject({ name: 'ask', user: { id: playground.people.Ada } });
});

test('a deferred answer thinks until its first edit; further messages follow it', async () => {
  const interaction = await nextInteraction(() => ask());
  await interaction.deferReply();
  const thinking = await playground.controls.waitFor((m) => m.loading);
  await interaction.editReply('done');
  expect(playground.controls.message(thinking.id)).toMatchObject({ content: 'done', loading: false });
  expect(playground.controls.message(thinking.id).editedAt).toBeUndefined();
  const more = await interaction.followUp('and more');
  expect(playground.controls.message(more.id).replyTo).toBe(thinking.id);
  expect((await interaction.fetchReply()).content).toBe('done');
  await interaction.deleteReply();
  expect(playground.controls.messages('general').some(({ id }) => id === thinking.id)).toBe(false);
});

test('an ephemeral message is seen by its person only, and not by REST or the gateway', async () => {
  const heard: string[] = [];
  bot.client.on('messageCreate', (message) => heard.push(message.content));
  const interaction = await nextInteraction(() => ask('Max'));
  await interaction.reply({ content: 'between us', flags: MessageFlags.Ephemeral });
  const { controls } = playground;
  const message = await controls.waitFor((m) => m.content === 'between us');
  expect(message.visibleTo).toBe(playground.people.Max);
  expect(controls.messages('general').some(({ id }) => id === message.id)).toBe(false);
  expect(controls.messages('general', 'Ada').some(({ id }) => id === message.id)).toBe(false);
  expect(controls.messages('general', 'Max').some(({ id }) => id === message.id)).toBe(true);
  const raw = bot.client.rest.get(`/channels/${message.channelId}/messages/${message.id}`);
  expect(await refusalOf(raw)).toEqual({ status: 404, code: 10008 });
  await interaction.editReply('still between us');
  expect(controls.message(message.id)).toMatchObject({ content: 'still between us', visibleTo: playground.people.Max });
  controls.say({ channel: 'general', author: 'Ada', content: 'last' });
  await expect.poll(() => heard, PATIENTLY).toEqual(['last']);
});

test('the first answer comes within three seconds, and once only', async () => {
  const late = await nextInteraction(() => ask());
  playground.controls.advanceClock(3001);
  expect(await refusalOf(late.reply('too late'))).toEqual({ status: 404, code: 10062 });
  let handle: Interacted | undefined;
  await nextInteraction(() => (handle = ask()));
  playground.controls.advanceClock(3001);
  expect(await handle?.outcome()).toMatchObject({ failed: true });
  const twice = await nextInteraction(() => ask());
  await twice.reply('one');
  const path = `/interactions/${twice.id}/${twice.token}/callback` as const;
  const again = bot.client.rest.post(path, { body: { type: 4, data: { content: 'two' } }, auth: false });
  expect(await refusalOf(again)).toEqual({ status: 400, code: 40060 });
});

test('the token opens nothing before the first answer, and nothing after fifteen minutes', async () => {
  const interaction = await nextInteraction(() => ask());
  const path = `/webhooks/${playground.botId}/${interaction.token}` as const;
  const early = bot.client.rest.post(path, { body: { content: 'early' }, auth: false });
  expect(await refusalOf(early)).toEqual({ status: 404, code: 10015 });
  await interaction.deferReply();
  playground.controls.advanceClock(14 * 60_000);
  await interaction.editReply('in time');
  playground.controls.advanceClock(2 * 60_000);
  expect(await refusalOf(interaction.editReply('too late'))).toEqual({ status: 401, code: 50027 });
});

test('a button is answered by changing its message, or quietly to who pressed it', async () => {
  const row = new ActionRowBuilder<ButtonBuilder>().addComponents(
    new ButtonBuilder().setCustomId('stop').setLabel('Stop').setStyle(ButtonStyle.Danger),
    new ButtonBuilder().setCustomId('off').setLabel('Off').setStyle(ButtonStyle.Secondary).setDisabled(true),
  );
  const sent = await bot.channel('general').send({ content: 'running', components: [row] });
  const { controls } = playground;
  const press = () => controls.click({ message: sent.id, author: 'Dev', label: 'Stop' });
  const first = await nextInteraction<ButtonInteraction>(press);
  expect(first.message.id).toBe(sent.id);
  await first.reply({ content: 'not yours', flags: MessageFlags.Ephemeral });
  const second = await nextInteraction<ButtonInteraction>(press);
  await second.deferUpdate();
  await second.editReply({ content: 'stopped', components: [] });
  expect(controls.message(sent.id)).toMatchObject({ content: 'stopped', components: [] });
  expect(press).toThrow(/no such component/);
  const off = await bot.channel('general').send({ content: 'x', components: [row] });
  expect(() => controls.click({ message: off.id, author: 'Dev', customId: 'off' })).toThrow(/disabled/);
});

test('a select menu gives its values', async () => {
  const menu = new StringSelectMenuBuilder()
    .setCustomId('model')
    .addOptions({ label: 'Small', value: 's' }, { label: 'Large', value: 'l' });
  const components = [new ActionRowBuilder<StringSelectMenuBuilder>().addComponents(menu)];
  const sent = await bot.channel('general').send({ content: 'choose', components });
  const choose = (value: string) => () =>
    playground.controls.select({ message: sent.id, author: 'Ada', values: [value] });
  const interaction = await nextInteraction<StringSelectMenuInteraction>(choose('l'));
  expect(interaction.values).toEqual(['l']);
  await interaction.update({ content: 'chosen', components: [] });
  expect(playground.controls.message(sent.id).content).toBe('chosen');
  expect(choose('xl')).toThrow();
});
