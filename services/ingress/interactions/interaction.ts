import {
  ApplicationCommandOptionType,
  ChannelType,
  GuildMember,
  InteractionContextType,
  PermissionFlagsBits,
  type AnySelectMenuInteraction,
  type Attachment,
  type AutocompleteInteraction,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  type CommandInteractionOption,
  type Interaction,
  type MessageContextMenuCommandInteraction,
  type ModalSubmitInteraction,
} from 'discord.js';
import { incomingMessage, type IncomingMessage, type Place, type RoleRef } from '../discord/incoming.ts';
import type { Say } from '../language/say.ts';
import { attachmentOf, type IncomingAttachment } from '../discord/shown.ts';

/** What a person did with a command, a button or a form: plain data, taken when it came. */
export interface IncomingInteraction {
  id: string;
  token: string;
  application: string;
  /** Name of the command; for buttons, menus and forms, the custom id. */
  name: string;
  /** `typing`: a command that is still being written, and wants suggestions for one of its options. */
  kind: 'command' | 'typing' | 'button' | 'menu' | 'form';
  /** The subcommand, for commands that have some. */
  subcommand?: string;
  /** The option that is being typed. */
  focused?: string;
  channel: string;
  parent?: string;
  guild?: string;
  /** The person's own locale in Discord, such as `pt-BR`. */
  locale: string;
  /** The kind of place, as for messages. */
  place: Place;
  /** True where only the interaction's token lets the bot write: it is no member there, or may not write there. */
  tokenOnly: boolean;
  author: { id: string; name: string; bot: boolean; system: boolean };
  /** The member's roles when it came. */
  roles: RoleRef[];
  /** True for people who may manage messages here: moderators. */
  moderator: boolean;
  /** True for people who may manage the server: admins. */
  admin: boolean;
  /** True for people who may manage this channel; in direct messages, where there is nobody else, for everyone. */
  managesChannel: boolean;
  /** Options of a command, or fields of a form. */
  values: Map<string, string>;
  /** What was chosen from a menu: values, or ids. */
  chosen: string[];
  attachments: IncomingAttachment[];
  /** The message that the button or menu is on, or that the context menu was opened on. */
  message?: IncomingMessage | { id: string };
  /** Milliseconds since the epoch. */
  at: number;
}

/** An interaction with the way to speak to the person who made it. */
export interface SpokenInteraction extends IncomingInteraction {
  say: Say;
}

/** Takes an interaction of discord.js apart; undefined for kinds that the bot does not use. */
export function incomingInteraction(interaction: Interaction, bot: string): IncomingInteraction | undefined {
  if (interaction.isChatInputCommand()) return { ...common(interaction), ...ofCommand(interaction) };
  if (interaction.isAutocomplete()) {
    const focused = interaction.options.getFocused(true).name;
    return { ...common(interaction), ...ofCommand(interaction), kind: 'typing', focused };
  }
  if (interaction.isMessageContextMenuCommand()) {
    const message = incomingMessage(interaction.targetMessage, bot);
    return { ...common(interaction), kind: 'command', name: interaction.commandName, message };
  }
  if (interaction.isButton()) {
    const message = { id: interaction.message.id };
    return { ...common(interaction), kind: 'button', name: interaction.customId, message };
  }
  if (interaction.isAnySelectMenu()) {
    const message = { id: interaction.message.id };
    return { ...common(interaction), kind: 'menu', name: interaction.customId, message, chosen: interaction.values };
  }
  if (interaction.isModalSubmit()) {
    return { ...common(interaction), kind: 'form', name: interaction.customId, values: fieldsOf(interaction) };
  }
  return undefined;
}

type Known =
  | ChatInputCommandInteraction
  | AutocompleteInteraction
  | AnySelectMenuInteraction
  | MessageContextMenuCommandInteraction
  | ButtonInteraction
  | ModalSubmitInteraction;

function common(interaction: Known): Omit<IncomingInteraction, 'kind' | 'name'> {
  const { channel, user, member, memberPermissions } = interaction;
  const thread = channel?.isThread() ? channel : undefined;
  const known = member instanceof GuildMember ? member : undefined;
  return {
    id: interaction.id,
    token: interaction.token,
    application: interaction.applicationId,
    channel: interaction.channelId ?? '',
    ...(thread?.parentId && { parent: thread.parentId }),
    ...(interaction.guildId !== null && { guild: interaction.guildId }),
    locale: interaction.locale,
    place: placeOf(interaction),
    tokenOnly: isTokenOnly(interaction),
    author: { id: user.id, name: known?.displayName ?? user.displayName, bot: user.bot, system: user.system },
    roles: [...(known?.roles.cache.values() ?? [])]
      .filter(({ id }) => id !== interaction.guildId)
      .map(({ id, name }) => ({ id, name })),
    moderator: memberPermissions?.has(PermissionFlagsBits.ManageMessages) ?? false,
    admin: memberPermissions?.has(PermissionFlagsBits.ManageGuild) ?? false,
    managesChannel:
      interaction.guildId === null ||
      (memberPermissions?.any([PermissionFlagsBits.ManageChannels, PermissionFlagsBits.ManageGuild]) ?? false),
    values: new Map(),
    chosen: [],
    attachments: [],
    at: interaction.createdTimestamp,
  };
}

function isTokenOnly(interaction: Known): boolean {
  if (interaction.guildId === null) return placeOf(interaction) === 'group';
  if (!interaction.guild) return true;
  const { ViewChannel, SendMessages, SendMessagesInThreads } = PermissionFlagsBits;
  const send = interaction.channel?.isThread() ? SendMessagesInThreads : SendMessages;
  const { channel, guild } = interaction;
  const known =
    guild.members.me && channel && !channel.isDMBased() ? channel.permissionsFor(guild.members.me) : undefined;
  return !(known ?? interaction.appPermissions).has([ViewChannel, send]);
}

/** A person may use the app in conversations with others, where Discord has no direct messages with the bot. */
function placeOf({ guildId, channel, context }: Known): Place {
  if (guildId !== null) return channel?.isThread() ? 'thread' : 'channel';
  const others = context === InteractionContextType.PrivateChannel || channel?.type === ChannelType.GroupDM;
  return others ? 'group' : 'dm';
}

function ofCommand(
  interaction: ChatInputCommandInteraction | AutocompleteInteraction,
): Pick<IncomingInteraction, 'kind' | 'name' | 'subcommand' | 'values' | 'attachments'> {
  const [first] = interaction.options.data;
  const subcommand = first?.type === ApplicationCommandOptionType.Subcommand ? first : undefined;
  const options: readonly CommandInteractionOption[] = subcommand?.options ?? interaction.options.data;
  const values = options.flatMap(({ name, value, attachment }): [string, string][] =>
    attachment || value === undefined ? [] : [[name, String(value)]],
  );
  const attachments = options.flatMap(({ attachment }): Attachment[] => (attachment ? [attachment] : []));
  return {
    kind: 'command',
    name: interaction.commandName,
    ...(subcommand && { subcommand: subcommand.name }),
    values: new Map(values),
    attachments: attachments.map((each) => attachmentOf(each)),
  };
}

function fieldsOf(interaction: ModalSubmitInteraction): Map<string, string> {
  const values = new Map<string, string>();
  for (const [name] of interaction.fields.fields) values.set(name, interaction.fields.getTextInputValue(name));
  return values;
}
