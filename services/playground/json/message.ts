import type { Attachment, Dispatch, Guild, Json, Message } from '../state/types.ts';
import { findMessage, memberOf, userOf, type World } from '../state/world.ts';
import { channelJson } from './channel.ts';
import { memberJson } from './guild.ts';
import { userJson } from './user.ts';

export function attachmentJson(world: World, attachment: Attachment): Json {
  const { path, ...shown } = attachment;
  return { ...shown, url: `${world.cdn}${path}`, proxy_url: `${world.cdn}${path}` };
}

/** A message as REST returns it. `viewerId` decides which reactions are marked as the viewer's own. */
export function messageJson(world: World, message: Message, viewerId?: string): Json {
  const json = plainMessageJson(world, message, viewerId);
  const reference = message.message_reference;
  if (reference && [19, 21, 23].includes(message.type)) {
    const target = findMessage(world, reference.channel_id, reference.message_id ?? '');
    json['referenced_message'] = target ? plainMessageJson(world, target, viewerId) : null;
  }
  return json;
}

function plainMessageJson(world: World, message: Message, viewerId?: string): Json {
  const thread = message.thread_id === undefined ? undefined : world.channels.get(message.thread_id);
  return {
    id: message.id,
    channel_id: message.channel_id,
    author: userJson(userOf(world, message.author_id)),
    type: message.type,
    content: message.content,
    timestamp: message.timestamp,
    edited_timestamp: message.edited_timestamp,
    tts: message.tts,
    mention_everyone: message.mention_everyone,
    mentions: message.mentions.map((id) => userJson(userOf(world, id))),
    mention_roles: [...message.mention_roles],
    attachments: message.attachments.map((attachment) => attachmentJson(world, attachment)),
    embeds: message.embeds,
    components: message.components,
    pinned: message.pinned,
    flags: message.flags,
    ...(message.reactions.length > 0 && { reactions: reactionsJson(message, viewerId) }),
    ...optionalKeys(message),
    ...(thread && { thread: channelJson(world, thread) }),
  };
}

function optionalKeys(message: Message): Json {
  return {
    ...(message.nonce !== undefined && { nonce: message.nonce }),
    ...(message.message_reference && { message_reference: { type: 0, ...message.message_reference } }),
    ...(message.message_snapshots && { message_snapshots: message.message_snapshots }),
    ...(message.application_id !== undefined && { application_id: message.application_id }),
    ...(message.webhook_id !== undefined && { webhook_id: message.webhook_id }),
    ...(message.interaction_metadata && { interaction_metadata: message.interaction_metadata }),
    ...(message.sticker_items && { sticker_items: message.sticker_items }),
    ...(message.poll && { poll: message.poll }),
    ...(message.position !== undefined && { position: message.position }),
  };
}

function reactionsJson(message: Message, viewerId?: string): Json[] {
  return message.reactions.map((reaction) => ({
    emoji: reaction.emoji,
    count: reaction.users.length,
    count_details: { burst: 0, normal: reaction.users.length },
    burst_colors: [],
    me: viewerId !== undefined && reaction.users.includes(viewerId),
    me_burst: false,
  }));
}

function mentionJson(world: World, guild: Guild, userId: string): Json {
  const member = guild.members.get(userId);
  return { ...userJson(userOf(world, userId)), ...(member && { member: memberJson(guild, member) }) };
}

/** MESSAGE_CREATE or MESSAGE_UPDATE: the message with guild and member in servers, with channel_type in DMs. */
export function messageDispatch(world: World, t: string, message: Message): Dispatch {
  const channel = world.channels.get(message.channel_id);
  const guild = world.guilds.get(message.guild_id ?? '');
  const member = memberOf(world, message.guild_id, message.author_id);
  const d = {
    ...messageJson(world, message),
    channel_type: channel?.type ?? 0,
    ...(guild && { guild_id: guild.id }),
    ...(guild && member && { member: memberJson(guild, member) }),
    ...(guild && { mentions: message.mentions.map((id) => mentionJson(world, guild, id)) }),
  };
  const only = message.visibleTo === undefined ? channel?.recipients : [message.visibleTo];
  return { t, d, channelId: message.channel_id, message, ...(guild && { guildId: guild.id }), ...(only && { only }) };
}

/** What a forward keeps of a message (docs: Message Snapshot Structure). It does not say who wrote it. */
export function snapshotJson(world: World, message: Message): Json {
  const { type, content, embeds, attachments, timestamp, edited_timestamp, flags, components, ...rest } =
    plainMessageJson(world, message);
  const { mentions, mention_roles, sticker_items } = rest;
  const stickers = sticker_items === undefined ? {} : { sticker_items };
  const fields = { type, content, embeds, attachments, timestamp, edited_timestamp, flags, components };
  return { message: { ...fields, mentions, mention_roles, ...stickers } };
}
