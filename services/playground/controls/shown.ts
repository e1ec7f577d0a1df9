import { attachmentJson } from '../json/message.ts';
import { notified } from '../state/mentions.ts';
import { MessageFlag } from '../state/messages.ts';
import type { Json, Message } from '../state/types.ts';
import { must, userOf, type World } from '../state/world.ts';

export interface ShownAttachment {
  id: string;
  filename: string;
  contentType: string;
  /** In bytes. */
  size: number;
  url: string;
  description?: string;
  width?: number;
  height?: number;
}

/** A message as a person sees it. */
export interface ShownMessage {
  id: string;
  channelId: string;
  guildId?: string;
  author: { id: string; name: string; bot: boolean };
  /** 0: an ordinary message, 19: a reply, 20: the answer to a slash command, 23: the answer to a context menu. */
  type: number;
  content: string;
  /** ISO 8601. */
  timestamp: string;
  editedAt?: string;
  replyTo?: string;
  embeds: Json[];
  components: Json[];
  attachments: ShownAttachment[];
  reactions: { emoji: string; users: string[] }[];
  flags: number;
  /** True for "… is thinking": a deferred answer that has not come yet. */
  loading: boolean;
  /** For an ephemeral message: the only person who sees it. */
  visibleTo?: string;
  /** Ids of the people whom it notified. */
  pings: string[];
  mentionEveryone: boolean;
  pinned: boolean;
  threadId?: string;
  nonce?: string | number;
  interaction?: Json;
  poll?: Json;
  /** For a forward: copies of what it forwards. */
  forwarded?: Json[];
}

export function shownMessage(world: World, message: Message): ShownMessage {
  const author = userOf(world, message.author_id);
  return {
    id: message.id,
    channelId: message.channel_id,
    author: { id: author.id, name: author.global_name ?? author.username, bot: author.bot },
    type: message.type,
    content: message.content,
    timestamp: message.timestamp,
    embeds: message.embeds,
    components: message.components,
    attachments: shownAttachments(world, message),
    reactions: message.reactions.map(({ emoji, users }) => ({ emoji: emoji.name, users: [...users] })),
    flags: message.flags,
    loading: (message.flags & MessageFlag.LOADING) !== 0,
    pings: pingsOf(world, message),
    mentionEveryone: message.mention_everyone,
    pinned: message.pinned,
    ...optional(message),
  };
}

function optional(message: Message): Partial<ShownMessage> {
  const { guild_id, edited_timestamp, message_reference, visibleTo, thread_id, nonce, interaction_metadata } = message;
  return {
    ...(guild_id !== undefined && { guildId: guild_id }),
    ...(edited_timestamp !== null && { editedAt: edited_timestamp }),
    ...(message.type === 19 &&
      message_reference?.message_id !== undefined && { replyTo: message_reference.message_id }),
    ...(visibleTo !== undefined && { visibleTo }),
    ...(thread_id !== undefined && { threadId: thread_id }),
    ...(nonce !== undefined && { nonce }),
    ...(interaction_metadata && { interaction: interaction_metadata }),
    ...(message.poll && { poll: message.poll }),
    ...(message.message_snapshots && { forwarded: message.message_snapshots }),
  };
}

function shownAttachments(world: World, message: Message): ShownAttachment[] {
  return message.attachments.map((attachment) => {
    const { content_type, path: _, ...rest } = attachment;
    return { ...rest, contentType: content_type, url: String(attachmentJson(world, attachment)['url']) };
  });
}

/** The people whom the message notified: nobody when it is silent, only the reader when it is ephemeral. */
function pingsOf(world: World, message: Message): string[] {
  if (message.visibleTo !== undefined || (message.flags & MessageFlag.SILENT) !== 0) return [];
  const channel = must(world.channels.get(message.channel_id), `channel ${message.channel_id}`);
  return notified(world, channel, message.author_id, {
    users: message.mentions,
    roles: message.mention_roles,
    everyone: message.mention_everyone,
  });
}
