import { ChannelType, MessageType, type Attachment, type Message } from 'discord.js';

/** The part of a role that matters for rights. */
export interface RoleRef {
  id: string;
  name: string;
}

export interface IncomingAttachment {
  id: string;
  name: string;
  /** In bytes, by Discord's word. */
  size: number;
  contentType: string;
  url: string;
  /** The address at Discord's proxy, which can shrink images. */
  proxyUrl: string;
  width?: number;
  height?: number;
  voice: boolean;
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
  content: string;
  attachments: IncomingAttachment[];
  mentionsBot: boolean;
  mentionsBotRole: boolean;
  /** True when it mentions or replies to other people. */
  addressesOthers: boolean;
  replyTo?: { message: string; author?: string };
  /** True in a thread that the bot has opened or written in. */
  takesPart: boolean;
  /** Its author has changed it. */
  edited: boolean;
  /** Milliseconds since the epoch. */
  at: number;
}

/** Takes a message of discord.js apart. `bot` is our own user id. */
export function incomingMessage(message: Message, bot: string): IncomingMessage {
  const { channel, member, author } = message;
  const thread = channel.isThread() ? channel : undefined;
  const replied = message.reference?.messageId;
  const repliedAuthor = replied === undefined ? undefined : channel.messages.cache.get(replied)?.author.id;
  const botRole = message.guild?.members.me?.roles.botRole?.id;
  const mentioned = [...message.mentions.users.keys()].filter((id) => id !== author.id);
  // Discord counts a reply as a mention of the author who is replied to; written mentions stand in the text.
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
    content: message.content,
    attachments: [...message.attachments.values()].map((each) => incomingAttachment(each)),
    mentionsBot: written || (mentioned.includes(bot) && repliedAuthor !== bot),
    // The bot's own role can usually not be pinged, and then stands only in the text.
    mentionsBotRole: botRole !== undefined && message.content.includes(`<@&${botRole}>`),
    addressesOthers: mentioned.some((id) => id !== bot),
    ...(replied !== undefined && {
      replyTo: { message: replied, ...(repliedAuthor !== undefined && { author: repliedAuthor }) },
    }),
    takesPart: thread !== undefined && (thread.ownerId === bot || thread.joined),
    edited: message.editedTimestamp !== null,
    at: message.createdTimestamp,
  };
}

/** Also used for the messages of a reply chain. */
export function incomingAttachment(attachment: Attachment): IncomingAttachment {
  return {
    id: attachment.id,
    name: attachment.name,
    size: attachment.size,
    contentType: attachment.contentType ?? '',
    url: attachment.url,
    proxyUrl: attachment.proxyURL,
    ...(attachment.width !== null && { width: attachment.width }),
    ...(attachment.height !== null && { height: attachment.height }),
    voice: attachment.duration !== null,
  };
}
