import {
  ActionRowBuilder,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ButtonBuilder,
  ButtonStyle,
  EmbedBuilder,
  LabelBuilder,
  MessageFlags,
  ModalBuilder,
  TextInputBuilder,
  TextInputStyle,
  type Interaction,
  type Message,
} from 'discord.js';
import type { Playground } from '../start.ts';
import { startTestBot, type TestBot } from './bot.ts';

const PARTS = ['Let me', 'Let me **look**', 'Let me **look** that up.'];

/** A small bot with a bit of everything that the page shows. */
export async function startDemoBot(playground: Playground): Promise<TestBot> {
  const bot = await startTestBot(playground);
  bot.client.on('messageCreate', (message) => void answer(bot, message));
  bot.client.on('interactionCreate', (interaction) => void react(interaction));
  await bot.client.application.commands.set([
    {
      name: 'echo',
      description: 'Says it back',
      options: [{ name: 'text', description: 'What', type: ApplicationCommandOptionType.String, required: true }],
    },
    { name: 'Count letters', type: ApplicationCommandType.Message },
  ]);
  return bot;
}

async function answer(bot: TestBot, message: Message): Promise<void> {
  if (message.author.bot || !message.mentions.has(bot.client.user.id)) return;
  const reply = await message.reply(PARTS[0] ?? '');
  for (const part of PARTS.slice(1)) await reply.edit(part);
  const row = new ActionRowBuilder<ButtonBuilder>().addComponents(
    new ButtonBuilder().setCustomId('whisper').setLabel('Whisper').setStyle(ButtonStyle.Primary),
    new ButtonBuilder().setCustomId('form').setLabel('Feedback').setStyle(ButtonStyle.Secondary),
  );
  await reply.edit({ embeds: [new EmbedBuilder().setTitle('Result').setDescription('42')], components: [row] });
}

async function react(interaction: Interaction): Promise<void> {
  const flags = MessageFlags.Ephemeral;
  if (interaction.isChatInputCommand()) await interaction.reply(`echo: ${interaction.options.getString('text')}`);
  if (interaction.isMessageContextMenuCommand()) {
    await interaction.reply({ content: `letters: ${interaction.targetMessage.content.length}`, flags });
  }
  if (interaction.isModalSubmit()) {
    await interaction.reply({ content: `noted: ${interaction.fields.getTextInputValue('reason')}`, flags });
  }
  if (!interaction.isButton()) return;
  if (interaction.customId === 'whisper') await interaction.reply({ content: 'between us', flags });
  if (interaction.customId !== 'form') return;
  const reason = new TextInputBuilder().setCustomId('reason').setStyle(TextInputStyle.Paragraph);
  const label = new LabelBuilder().setLabel('Reason').setTextInputComponent(reason);
  await interaction.showModal(new ModalBuilder().setCustomId('f').setTitle('Feedback').addLabelComponents(label));
}
