import { ChannelType, MessageType, type APIMessage } from 'discord.js';
import { z } from 'zod';
import type { DiscordDoor } from './door.ts';
import type { Place } from './find-channel.ts';

/** A message as the tools give it. */
export const messageSchema = z.object({
  id: z.string(),
  author: z.string(),
  author_id: z.string(),
  at: z.string(),
  text: z.string(),
  reply_to: z.string().optional(),
});
export type ReadMessage = z.infer<typeof messageSchema>;

export function readMessage(door: DiscordDoor, message: APIMessage): ReadMessage {
  const { author, message_reference: reference } = message;
  return {
    id: message.id,
    author: `${door.plainName(author.global_name ?? author.username)}${author.bot === true ? ' (bot)' : ''}`,
    author_id: author.id,
    at: message.timestamp.replace(/\.\d+/, '').replace('+00:00', 'Z'),
    text: door.textOf(message),
    ...(message.type === MessageType.Reply &&
      reference?.message_id !== undefined && { reply_to: reference.message_id }),
  };
}

/** A message as lines: further lines of its text are indented, so that none can pose as another message. */
export function messageLines({ id, author, author_id, at, text, reply_to }: ReadMessage, where = ''): string {
  const reply = reply_to === undefined ? '' : `, in reply to ${reply_to}`;
  return `[${id}${where}] ${at} ${author} (${author_id}${reply}): ${text.replaceAll('\n', '\n    ')}`;
}

/** How a channel is called towards a model: name and id. */
export function placeName(door: DiscordDoor, place: Place): string {
  return `#${door.plainName(place.name)} (${place.id})`;
}

const kinds: Partial<Record<ChannelType, string>> = {
  [ChannelType.GuildText]: 'text',
  [ChannelType.GuildAnnouncement]: 'announcements',
  [ChannelType.GuildVoice]: 'voice',
  [ChannelType.GuildStageVoice]: 'stage',
  [ChannelType.GuildForum]: 'forum',
  [ChannelType.GuildMedia]: 'media forum',
  [ChannelType.PublicThread]: 'thread',
  [ChannelType.AnnouncementThread]: 'thread',
  [ChannelType.PrivateThread]: 'private thread',
};

export function kindOf(place: Place): string {
  return kinds[place.type] ?? 'channel';
}

/** What is said before texts that come empty. */
export const noContent =
  'The bot lacks the Message Content intent: texts of messages that do not mention it are missing. Who owns the bot can switch it on in the developer portal.';
