import {
  ChannelType,
  GuildMember,
  InteractionContextType,
  PermissionFlagsBits,
  type Attachment,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  type Interaction,
  type MessageContextMenuCommandInteraction,
  type ModalSubmitInteraction,
} from 'discord.js';
import { incomingMessage, type IncomingMessage, type Place, type RoleRef } from '../discord/incoming.ts';
import { attachmentOf, type IncomingAttachment } from '../discord/shown.ts';

/** What a person did with a command, a button or a form: plain data, taken when it came. */
export interface IncomingInteraction {
  id: string;
  token: string;
  application: string;
  /** Name of the command; for buttons and forms, the custom id. */
  name: string;
  kind: 'command' | 'button' | 'form';
  channel: string;
  parent?: string;
  guild?: string;
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
  /** Text options of a command, or fields of a form. */
  values: Map<string, string>;
  attachments: IncomingAttachment[];
  /** The message that the button is on, or that the context menu was opened on. */
  message?: IncomingMessage | { id: string };
  /** Milliseconds since the epoch. */
  at: number;
}

/** Takes an interaction of discord.js apart; undefined for kinds that the bot does not use. */
export function incomingInteraction(interaction: Interaction, bot: string): IncomingInteraction | undefined {
  if (interaction.isChatInputCommand()) return { ...common(interaction), ...ofCommand(interaction) };
  if (interaction.isMessageContextMenuCommand()) {
    const message = incomingMessage(interaction.targetMessage, bot);
    return { ...common(interaction), kind: 'command', name: interaction.commandName, message };
  }
  if (interaction.isButton()) {
    const message = { id: interaction.message.id };
    return { ...common(interaction), kind: 'button', name: interaction.customId, message };
  }
  if (interaction.isModalSubmit()) {
    return { ...common(interaction), kind: 'form', name: interaction.customId, values: fieldsOf(interaction) };
  }
  return undefined;
}

type Known =
  | ChatInputCommandInteraction
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
    place: placeOf(interaction),
    tokenOnly: isTokenOnly(interaction),
    author: { id: user.id, name: known?.displayName ?? user.displayName, bot: user.bot, system: user.system },
    roles: [...(known?.roles.cache.values() ?? [])]
      .filter(({ id }) => id !== interaction.guildId)
      .map(({ id, name }) => ({ id, name })),
    moderator: memberPermissions?.has(PermissionFlagsBits.ManageMessages) ?? false,
    admin: memberPermissions?.has(PermissionFlagsBits.ManageGuild) ?? false,
    values: new Map(),
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
  interaction: ChatInputCommandInteraction,
): Pick<IncomingInteraction, 'kind' | 'name' | 'values' | 'attachments'> {
  const values = new Map<string, string>();
  const attachments: Attachment[] = [];
  for (const option of interaction.options.data) {
    if (option.attachment) attachments.push(option.attachment);
    else if (option.value !== undefined) values.set(option.name, String(option.value));
  }
  return {
    kind: 'command',
    name: interaction.commandName,
    values,
    attachments: attachments.map((each) => attachmentOf(each)),
  };
}

function fieldsOf(interaction: ModalSubmitInteraction): Map<string, string> {
  const values = new Map<string, string>();
  for (const [name] of interaction.fields.fields) values.set(name, interaction.fields.getTextInputValue(name));
  return values;
}
