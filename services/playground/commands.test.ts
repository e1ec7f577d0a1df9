import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  LabelBuilder,
  ModalBuilder,
  PermissionFlagsBits,
  TextInputBuilder,
  TextInputStyle,
  type AutocompleteInteraction,
  type ChatInputCommandInteraction,
  type MessageContextMenuCommandInteraction,
  type ModalSubmitInteraction,
} from 'discord.js';
import { beforeAll, expect, test } from 'vitest';
import { startPlayground, type Playground } from './start.ts';
import { nextEvent, refusalOf, startTestBot, type TestBot } from './testing/bot.ts';

let playground: Playground;
let bot: TestBot;

beforeAll(async () => {
  playground = await startPlayground({ rateLimits: false });
  bot = await startTestBot(playground);
  await bot.client.application.commands.set([
    {
      name: 'ask',
      description: 'Ask',
      options: [
        { name: 'question', description: 'What', type: ApplicationCommandOptionType.String, required: true },
        { name: 'model', description: 'Which', type: ApplicationCommandOptionType.String, autocomplete: true },
        { name: 'who', description: 'Whom', type: ApplicationCommandOptionType.User },
      ],
    },
    {
      name: 'admin',
      description: 'Administration',
      defaultMemberPermissions: PermissionFlagsBits.ManageGuild,
      options: [{ name: 'reload', description: 'Reload', type: ApplicationCommandOptionType.Subcommand }],
    },
    { name: 'Ask Dragoman', type: ApplicationCommandType.Message },
    { name: 'rate', description: 'Opens a form' },
  ]);
  return async () => {
    await bot[Symbol.asyncDispose]();
    await playground[Symbol.asyncDispose]();
  };
});

test('setting commands keeps the ids of those that stay and drops the others', async () => {
  const { commands } = bot.client.application;
  const guild = playground.guildId;
  const first = await commands.set(
    [
      { name: 'one', description: '1' },
      { name: 'two', description: '2' },
    ],
    guild,
  );
  const second = await commands.set([{ name: 'two', description: '2!' }], guild);
  expect(second.map(({ name }) => name)).toEqual(['two']);
  expect(second.firstKey()).toBe(first.find(({ name }) => name === 'two')?.id);
  expect((await commands.fetch({ guildId: guild })).map(({ description }) => description)).toEqual(['2!']);
});

test('a malformed command is refused and changes nothing', async () => {
  const path = `/applications/${playground.botId}/commands` as const;
  const put = (body: unknown) => refusalOf(bot.client.rest.put(path, { body }));
  expect(await put([{ name: 'Upper', description: 'x' }])).toEqual({ status: 400, code: 50035 });
  expect(await put([{ name: 'no-description' }])).toEqual({ status: 400, code: 50035 });
  expect(
    await put([
      { name: 'a', description: 'x' },
      { name: 'a', description: 'y' },
    ]),
  ).toMatchObject({ code: 50035 });
  expect((await bot.client.application.commands.fetch()).size).toBe(4);
});

test('options arrive with their types and what their ids stand for', async () => {
  const heard = nextEvent<ChatInputCommandInteraction>(bot.client, 'interactionCreate');
  const options = { question: 'why?', who: 'Dev' };
  playground.controls.command({ channel: 'general', author: 'Ada', name: 'ask', options });
  const interaction = await heard;
  expect(interaction.options.getString('question')).toBe('why?');
  expect(interaction.options.getUser('who')?.username).toBe('dev');
  expect(interaction.memberPermissions?.has('Administrator')).toBe(true);
  expect(() => playground.controls.command({ channel: 'general', author: 'Ada', name: 'ask' })).toThrow(/required/);
});

test('a command works in direct messages', async () => {
  const heard = nextEvent<ChatInputCommandInteraction>(bot.client, 'interactionCreate');
  playground.controls.command({ channel: '@Max', author: 'Max', name: 'ask', options: { question: 'hm' } });
  const interaction = await heard;
  expect(interaction.inGuild()).toBe(false);
  await interaction.reply('only here');
  await playground.controls.waitFor((m) => m.channelId === interaction.channelId && m.content === 'only here');
});

test('suggestions come while a person types', async () => {
  const heard = nextEvent<AutocompleteInteraction>(bot.client, 'interactionCreate');
  const suggested = playground.controls.autocomplete({
    channel: 'general',
    author: 'Ada',
    name: 'ask',
    options: { model: 'sm' },
    focused: 'model',
  });
  const interaction = await heard;
  expect(interaction.options.getFocused()).toBe('sm');
  await interaction.respond([{ name: 'Small', value: 'small' }]);
  expect(await suggested).toEqual([{ name: 'Small', value: 'small' }]);
});

test('a subcommand is chosen by name, and a command is for those whom it is meant for', async () => {
  const heard = nextEvent<ChatInputCommandInteraction>(bot.client, 'interactionCreate');
  const use = (author: string) => () =>
    playground.controls.command({ channel: 'general', author, name: 'admin', subcommand: 'reload' });
  use('Ada')();
  expect((await heard).options.getSubcommand()).toBe('reload');
  expect(use('Max')).toThrow(/may not use/);
});

test('a context menu brings the message it was opened on', async () => {
  const asked = playground.controls.say({ channel: 'general', author: 'Dev', content: 'explain this' });
  const heard = nextEvent<MessageContextMenuCommandInteraction>(bot.client, 'interactionCreate');
  playground.controls.command({ channel: 'general', author: 'Ada', name: 'Ask Dragoman', target: asked.id });
  const interaction = await heard;
  expect(interaction.targetMessage.content).toBe('explain this');
  await interaction.reply('explained');
  expect((await playground.controls.waitFor((m) => m.content === 'explained')).type).toBe(23);
});

test('a modal is shown and brings what was typed', async () => {
  const heard = nextEvent<ChatInputCommandInteraction>(bot.client, 'interactionCreate');
  const opened = playground.controls.command({ channel: 'general', author: 'Ada', name: 'rate' });
  const reason = new TextInputBuilder().setCustomId('reason').setStyle(TextInputStyle.Paragraph).setMaxLength(50);
  const modal = new ModalBuilder()
    .setCustomId('rating')
    .setTitle('Why?')
    .addLabelComponents(new LabelBuilder().setLabel('Reason').setTextInputComponent(reason));
  await (await heard).showModal(modal);
  expect((await opened.outcome()).modal).toMatchObject({ custom_id: 'rating', title: 'Why?' });
  const submitted = nextEvent<ModalSubmitInteraction>(bot.client, 'interactionCreate');
  expect(() => playground.controls.submitModal({ interaction: opened.id, values: {} })).toThrow(/must be filled/);
  const sent = playground.controls.submitModal({ interaction: opened.id, values: { reason: 'good' } });
  const submit = await submitted;
  expect(submit.fields.getTextInputValue('reason')).toBe('good');
  await submit.reply('thanks');
  expect((await sent.outcome()).message?.content).toBe('thanks');
});

test('names in other languages are checked as the own ones are, and are one of a kind among siblings', async () => {
  const set = (option: object, ...others: object[]) =>
    bot.client.rest.put(`/applications/${bot.client.application.id}/guilds/${playground.guildId}/commands`, {
      body: [
        {
          name: 'named',
          description: 'x',
          options: [option, ...others].map((each) => ({ type: 3, description: 'x', ...each })),
        },
      ],
    });
  const refused = (...options: [object, ...object[]]) =>
    set(...options).then(
      () => 'taken',
      ({ rawError }: { rawError: unknown }) => JSON.stringify(rawError),
    );
  expect(await refused({ name: 'when', name_localizations: { de: 'Wann' } })).toContain('INVALID_NAME');
  expect(await refused({ name: 'when', name_localizations: { de: 'zu wann' } })).toContain('INVALID_NAME');
  expect(await refused({ name: 'when', name_localizations: { es: 'cuándo' } })).toContain('DICT_TYPE_KEY_INVALID');
  expect(await refused({ name: 'when', description_localizations: { de: '' } })).toContain('description_localizations');
  const two = [{ name: 'when', name_localizations: { de: 'zeit' } }, { name: 'until' }] as const;
  expect(await refused(two[0], { ...two[1], name_localizations: { de: 'zeit' } })).toContain('OPTIONS_NAME_INVALID');
  expect(await refused(two[0], { name: 'zeit' })).toContain('OPTIONS_NAME_INVALID');
  await set(...two);
  await set({ name: 'when', name_localizations: { 'es-ES': 'cuándo', ja: '日時', fr: 'à-quand' } });
});
