import {
  ActionRowBuilder,
  ApplicationCommandOptionType,
  ChannelSelectMenuBuilder,
  ChannelType,
  CheckboxBuilder,
  CheckboxGroupBuilder,
  FileUploadBuilder,
  LabelBuilder,
  MentionableSelectMenuBuilder,
  ModalBuilder,
  RadioGroupBuilder,
  RoleSelectMenuBuilder,
  StringSelectMenuBuilder,
  TextDisplayBuilder,
  TextInputBuilder,
  TextInputStyle,
  UserSelectMenuBuilder,
  type ChannelSelectMenuInteraction,
  type ChatInputCommandInteraction,
  type MentionableSelectMenuInteraction,
  type ModalSubmitInteraction,
  type RoleSelectMenuInteraction,
  type UserSelectMenuInteraction,
} from 'discord.js';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import type { FieldValue } from './controls/modal-data.ts';
import { startPlayground, type Playground } from './start.ts';
import { nextEvent, refusalOf, startTestBot, type TestBot } from './testing/bot.ts';

let playground: Playground;
let bot: TestBot;

beforeAll(async () => {
  playground = await startPlayground({ rateLimits: false });
  bot = await startTestBot(playground);
  await bot.client.application.commands.set([
    { name: 'form', description: 'Opens a form' },
    {
      name: 'read',
      description: 'Reads a file',
      options: [
        { name: 'file', description: 'Which', type: ApplicationCommandOptionType.Attachment, required: true },
        { name: 'for', description: 'For whom', type: ApplicationCommandOptionType.Mentionable },
      ],
    },
  ]);
  return async () => {
    await bot[Symbol.asyncDispose]();
    await playground[Symbol.asyncDispose]();
  };
});

beforeEach(() => {
  bot.client.removeAllListeners('interactionCreate');
});

/** Opens a form of these rows as Ada, and returns how it is sent. */
async function opened(modal: ModalBuilder) {
  const heard = nextEvent<ChatInputCommandInteraction>(bot.client, 'interactionCreate');
  const { id } = playground.controls.command({ channel: 'general', author: 'Ada', name: 'form' });
  await (await heard).showModal(modal);
  return async (values: Record<string, FieldValue>) => {
    const submitted = nextEvent<ModalSubmitInteraction>(bot.client, 'interactionCreate');
    playground.controls.submitModal({ interaction: id, values });
    return submitted;
  };
}

const labelled = (text: string) => new LabelBuilder().setLabel(text);
const form = () => new ModalBuilder().setCustomId('form').setTitle('A form');

test('a form brings text, choices, people, roles, channels and what was ticked', async () => {
  const options = [
    { label: 'One', value: 'one' },
    { label: 'Two', value: 'two' },
  ];
  const send = await opened(
    form()
      .addTextDisplayComponents(new TextDisplayBuilder().setContent('Fill it in.'))
      .addLabelComponents(
        labelled('Pick').setStringSelectMenuComponent(
          new StringSelectMenuBuilder().setCustomId('pick').addOptions(options).setMaxValues(2),
        ),
        labelled('Who').setUserSelectMenuComponent(new UserSelectMenuBuilder().setCustomId('who').setMaxValues(2)),
        labelled('Role').setRoleSelectMenuComponent(new RoleSelectMenuBuilder().setCustomId('role')),
        labelled('Where').setChannelSelectMenuComponent(
          new ChannelSelectMenuBuilder().setCustomId('where').setRequired(false),
        ),
      ),
  );
  await expect(send({ pick: ['three'], who: ['Max'], role: 'operator' })).rejects.toThrow(/does not offer three/);
  await expect(send({ pick: ['one'], role: 'operator' })).rejects.toThrow(/who must be filled in/);
  const { fields } = await send({ pick: ['two', 'one'], who: ['Max', 'Dev'], role: 'operator', where: ['#data'] });
  expect(fields.getStringSelectValues('pick')).toEqual(['two', 'one']);
  expect(fields.getSelectedUsers('who', true).map(({ displayName }) => displayName)).toEqual(['Max', 'Dev']);
  expect(fields.getSelectedRoles('role', true).map((role) => role?.name)).toEqual(['operator']);
  expect(fields.getSelectedChannels('where', true).map((channel) => channel.id)).toEqual([playground.channels.data]);
});

test('a form brings boxes and files', async () => {
  const options = [
    { label: 'Red', value: 'red' },
    { label: 'Green', value: 'green', default: true },
  ];
  const send = await opened(
    form().addLabelComponents(
      labelled('Text').setTextInputComponent(
        new TextInputBuilder().setCustomId('text').setStyle(TextInputStyle.Short).setValue('as it was'),
      ),
      labelled('Files').setFileUploadComponent(new FileUploadBuilder().setCustomId('files').setMaxValues(2)),
      labelled('One').setRadioGroupComponent(new RadioGroupBuilder().setCustomId('one').addOptions(options)),
      labelled('Many').setCheckboxGroupComponent(new CheckboxGroupBuilder().setCustomId('many').addOptions(options)),
      labelled('Sure').setCheckboxComponent(new CheckboxBuilder().setCustomId('sure')),
    ),
  );
  await expect(send({ one: 'red' })).rejects.toThrow(/files must be filled in/);
  const files = [{ filename: 'a b.csv', bytes: 'x,y\n1,2\n' }];
  const { fields } = await send({ files, one: 'red', many: ['red', 'green'], sure: true });
  expect(fields.getTextInputValue('text')).toBe('as it was');
  const file = fields.getUploadedFiles('files', true)?.first();
  expect(file).toMatchObject({ name: 'a_b.csv', size: 8 });
  expect(await (await fetch(file?.url ?? '')).text()).toBe('x,y\n1,2\n');
  expect(fields.getRadioGroup('one')).toBe('red');
  expect(fields.getCheckboxGroup('many')).toEqual(['red', 'green']);
  expect(fields.getCheckbox('sure')).toBe(true);
});

test('menus of people, roles and channels give what was chosen, by name or id', async () => {
  const rows = [
    new ActionRowBuilder<UserSelectMenuBuilder>().addComponents(new UserSelectMenuBuilder().setCustomId('who')),
    new ActionRowBuilder<RoleSelectMenuBuilder>().addComponents(new RoleSelectMenuBuilder().setCustomId('role')),
    new ActionRowBuilder<ChannelSelectMenuBuilder>().addComponents(
      new ChannelSelectMenuBuilder().setCustomId('where').setChannelTypes(ChannelType.GuildText),
    ),
    new ActionRowBuilder<MentionableSelectMenuBuilder>().addComponents(
      new MentionableSelectMenuBuilder().setCustomId('any').setMaxValues(2),
    ),
  ];
  const sent = await bot.channel('general').send({ content: 'Choose', components: rows });
  const choose = async <T>(customId: string, values: string[]) => {
    const heard = nextEvent<T>(bot.client, 'interactionCreate');
    playground.controls.select({ message: sent.id, author: 'Ada', customId, values });
    return heard;
  };
  expect((await choose<UserSelectMenuInteraction>('who', ['Max'])).users.first()?.displayName).toBe('Max');
  expect((await choose<RoleSelectMenuInteraction>('role', [playground.roles.member])).roles.first()?.name).toBe(
    'member',
  );
  expect((await choose<ChannelSelectMenuInteraction>('where', ['ops'])).channels.first()?.id).toBe(
    playground.channels.ops,
  );
  const any = await choose<MentionableSelectMenuInteraction>('any', ['Dev', 'admin']);
  expect([any.users.first()?.displayName, any.roles.first()?.name]).toEqual(['Dev', 'admin']);
  await expect(choose('where', ['@Ada'])).rejects.toThrow(/@Ada is not offered/);
  await expect(choose('who', ['Nobody'])).rejects.toThrow(/knows no person Nobody/);
});

test('a command takes a file and somebody who may be a role', async () => {
  const heard = nextEvent<ChatInputCommandInteraction>(bot.client, 'interactionCreate');
  const options = { file: { filename: 'note.txt', bytes: 'hello' }, for: 'operator' };
  playground.controls.command({ channel: 'general', author: 'Ada', name: 'read', options });
  const interaction = await heard;
  const file = interaction.options.getAttachment('file', true);
  expect([file.name, await (await fetch(file.url)).text()]).toEqual(['note.txt', 'hello']);
  expect(interaction.options.getMentionable('for')).toMatchObject({ name: 'operator' });
});

test('what it does not know, it refuses by its number', async () => {
  const { rest } = bot.client;
  const path = `/channels/${playground.channels.general}/messages` as const;
  const post = (body: object) => rest.post(path, { body });
  const unknown = { content: 'x', components: [{ type: 1, components: [{ type: 99, custom_id: 'x' }] }] };
  expect(await refusalOf(post(unknown))).toEqual({ status: 400, code: 50_035 });
  await expect(post(unknown)).rejects.toThrow(/components\[0\]\.components\[0\]\.type.*one of \(2, 3, 5, 6, 7, 8,\)/s);
  await expect(post({ flags: 32_768, components: [{ type: 99 }] })).rejects.toThrow(
    /one of \(1, 9, 10, 12, 13, 14, 17,\)/,
  );
  const heard = nextEvent<ChatInputCommandInteraction>(bot.client, 'interactionCreate');
  playground.controls.command({ channel: 'general', author: 'Ada', name: 'form' });
  const { id, token } = await heard;
  const data = { custom_id: 'f', title: 'F', components: [{ type: 18, label: 'L', component: { type: 77 } }] };
  const answer = (type: number) =>
    rest.post(`/interactions/${id}/${token}/callback`, { body: { type, data }, auth: false });
  await expect(answer(9)).rejects.toThrow(/components\[0\]\.component\.type.*one of \(4, 3, 5, 6, 7, 8, 19/s);
  await expect(answer(12)).rejects.toThrow(/Value must be one of \(4, 5, 9\)/);
});
