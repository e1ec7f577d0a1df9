import { channelPermissions, isOnlyOfAPerson } from '../state/permissions.ts';
import type { Channel, Guild, Interaction, Json } from '../state/types.ts';
import { findMessage, must, userOf, type World } from '../state/world.ts';
import { channelJson } from './channel.ts';
import { memberJson } from './guild.ts';
import { messageJson } from './message.ts';
import { userJson } from './user.ts';

/** How many bytes a person may attach without a subscription. */
const ATTACHMENT_SIZE_LIMIT = 10_485_760;
/** https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object-interaction-context-types */
const CONTEXT = { guild: 0, botDm: 1, private: 2 };

/** INTERACTION_CREATE. It has `member` in a server and `user` in direct messages. */
export function interactionJson(world: World, interaction: Interaction): Json {
  const channel = must(world.channels.get(interaction.channelId), `channel ${interaction.channelId}`);
  const guild = world.guilds.get(interaction.guildId ?? '');
  return {
    id: interaction.id,
    application_id: interaction.applicationId,
    type: interaction.type,
    token: interaction.token,
    version: 1,
    data: interaction.data,
    channel_id: channel.id,
    channel: {
      ...channelJson(world, channel, interaction.applicationId),
      permissions: channelPermissions(world, channel, interaction.userId).toString(),
    },
    app_permissions: channelPermissions(world, channel, interaction.applicationId).toString(),
    locale: userOf(world, interaction.userId).locale,
    entitlements: [],
    attachment_size_limit: ATTACHMENT_SIZE_LIMIT,
    authorizing_integration_owners: ownersOf(world, interaction),
    ...who(world, channel, guild, interaction),
    ...messageOf(world, interaction),
  };
}

/** The server that the app was installed in, or the person who installed it for themselves. */
function ownersOf(world: World, interaction: Interaction): Json {
  if (isOnlyOfAPerson(world, interaction)) return { '1': interaction.userId };
  return { '0': interaction.guildId ?? '0' };
}

function who(world: World, channel: Channel, guild: Guild | undefined, interaction: Interaction): Json {
  const user = userOf(world, interaction.userId);
  const member = guild?.members.get(user.id);
  if (!guild || !member)
    return { user: userJson(user), context: isOnlyOfAPerson(world, interaction) ? CONTEXT.private : CONTEXT.botDm };
  return {
    guild_id: guild.id,
    guild: { id: guild.id, locale: guild.locale ?? 'en-US', features: [] },
    guild_locale: guild.locale ?? 'en-US',
    context: CONTEXT.guild,
    member: {
      ...memberJson(guild, member, user),
      permissions: channelPermissions(world, channel, user.id).toString(),
    },
  };
}

function messageOf(world: World, interaction: Interaction): Json {
  if (interaction.messageId === undefined) return {};
  const message = findMessage(world, interaction.channelId, interaction.messageId);
  return message ? { message: messageJson(world, message, interaction.applicationId) } : {};
}

/** What a message tells about the interaction that it answers. */
export function interactionMetadata(world: World, interaction: Interaction): Json {
  const { type, data, messageId } = interaction;
  return {
    id: interaction.id,
    type,
    user: userJson(userOf(world, interaction.userId)),
    authorizing_integration_owners: ownersOf(world, interaction),
    ...(type === 2 && { name: data['name'], command_type: data['type'] }),
    ...(type === 2 && data['target_id'] !== undefined && { target_message_id: data['target_id'] }),
    ...(messageId !== undefined && { interacted_message_id: messageId }),
  };
}
