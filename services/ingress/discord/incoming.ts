import { ChannelType, MessageReferenceType, MessageType, type Message } from 'discord.js';
import { shownOf, type Shown } from './shown.ts';

/** The part of a role that matters for rights. */
export interface RoleRef {
  id: string;
  name: string;
}

/** A message as the bot sees it: plain data, taken when it came. */
export interface IncomingMessage {
  id: string;
  channel: string;
  /** The channel that a thread belongs to. */
  parent?: string;
  guild?: string;
  kind: 'dm' | 'channel' | 'thread';
  /** True for a message of a person, false for a pin, join or boost. */
  ordinary: boolean;
  author: { id: string; name: string; bot: boolean; system: boolean };
  webhook: boolean;
  /** False when the author's roles are not known. */
  memberKnown: boolean;
  roles: RoleRef[];
  shown: Shown;
  mentionsBot: boolean;
  mentionsBotRole: boolean;
  /** True when it mentions other people, or replies to one, whether that notifies them or not. */
  addressesOthers: boolean;
  replyTo?: { message: string; author?: string };
  /** True in a thread that the bot has opened or written in. */
  takesPart: boolean;
  /** Its author has changed it. */
  edited: boolean;
  /** Milliseconds since the epoch. */
  at: number;
}

/**
 * The kinds of places in which the bot is used. `group`: a conversation among people, in which it is no member: they
 * use it there by commands only.
 */
export type Place = IncomingMessage['kind'] | 'group';

/** Takes a message of discord.js apart. `bot` is our own user id. */
export function incomingMessage(message: Message, bot: string): IncomingMessage {
  const { channel, member, author } = message;
  const thread = channel.isThread() ? channel : undefined;
  const replied = repliedTo(message);
  // Of a message that was only forwarded from here, the library knows no author.
  const repliedAuthor = replied === undefined ? undefined : channel.messages.cache.get(replied)?.author?.id;
  const botRole = message.guild?.members.me?.roles.botRole?.id;
  const mentioned = [...message.mentions.users.keys()].filter((id) => id !== author.id);
  // Discord counts a reply as a mention of the author who is replied to; written mentions stand in the text, where those
  // in code are none.
  const written = new RegExp(`<@!?${bot}>`).test(message.content);
  return {
    id: message.id,
    channel: message.channelId,
    ...(thread?.parentId && { parent: thread.parentId }),
    ...(message.guildId && { guild: message.guildId }),
    kind: channel.type === ChannelType.DM ? 'dm' : thread ? 'thread' : 'channel',
    ordinary: message.type === MessageType.Default || message.type === MessageType.Reply,
    author: {
      id: author.id,
      name: member?.displayName ?? author.displayName ?? author.username,
      bot: author.bot,
      system: author.system,
    },
    webhook: message.webhookId !== null,
    memberKnown: member !== null,
    roles: [...(member?.roles.cache.values() ?? [])]
      .filter(({ id }) => id !== message.guildId)
      .map(({ id, name }) => ({ id, name })),
    shown: shownOf(message),
    mentionsBot: mentioned.includes(bot) && (written || repliedAuthor !== bot),
    // The bot's own role can usually not be pinged, and then stands only in the text.
    mentionsBotRole: botRole !== undefined && message.content.includes(`<@&${botRole}>`),
    addressesOthers: [...mentioned, repliedAuthor ?? author.id].some((id) => id !== bot && id !== author.id),
    ...(replied !== undefined && {
      replyTo: { message: replied, ...(repliedAuthor !== undefined && { author: repliedAuthor }) },
    }),
    takesPart: thread !== undefined && (thread.ownerId === bot || thread.joined),
    edited: message.editedTimestamp !== null,
    at: message.createdTimestamp,
  };
}

/** The id of the message that this one replies to. Forwards, pins and threads refer to messages without replying. */
function repliedTo({ type, reference }: Message): string | undefined {
  return type === MessageType.Reply && reference?.type !== MessageReferenceType.Forward
    ? reference?.messageId
    : undefined;
}
