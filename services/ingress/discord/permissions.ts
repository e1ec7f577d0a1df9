import { PermissionFlagsBits, type Client, type GuildBasedChannel } from 'discord.js';

/** What the bot needs in a channel, by the name that Discord shows, and what does not work without it. */
export const neededPermissions = [
  { bit: PermissionFlagsBits.ViewChannel, name: 'View Channel', without: 'I do not see messages there' },
  { bit: PermissionFlagsBits.SendMessages, name: 'Send Messages', without: 'I cannot answer there' },
  {
    bit: PermissionFlagsBits.SendMessagesInThreads,
    name: 'Send Messages in Threads',
    without: 'no answers in threads',
  },
  {
    bit: PermissionFlagsBits.ReadMessageHistory,
    name: 'Read Message History',
    without: 'no replies, no context, no catching up',
  },
  { bit: PermissionFlagsBits.AddReactions, name: 'Add Reactions', without: 'no 👀 ✅ ❌ ⏹️' },
  {
    bit: PermissionFlagsBits.AttachFiles,
    name: 'Attach Files',
    without: 'no files: long answers and tables come as more messages',
  },
  { bit: PermissionFlagsBits.EmbedLinks, name: 'Embed Links', without: 'no answers as embeds' },
] as const;

export function missingPermissions(channel: GuildBasedChannel): string[] {
  const { me } = channel.guild.members;
  const permissions = me ? channel.permissionsFor(me) : undefined;
  if (!permissions) return [];
  return neededPermissions.filter(({ bit }) => !permissions.has(bit)).map(({ name }) => name);
}

/** Why the bot cannot write in a channel, in words for people; undefined when it can, or when that is not known. */
export function missingToWrite(client: Client, channelId: string): string | undefined {
  const channel = client.channels.cache.get(channelId);
  if (!channel || channel.isDMBased()) return undefined;
  const needed: string[] = ['View Channel', channel.isThread() ? 'Send Messages in Threads' : 'Send Messages'];
  const missing = missingPermissions(channel).filter((name) => needed.includes(name));
  if (missing.length > 0) {
    const names = missing.map((name) => `*${name}*`).join(' and ');
    return `I lack the permission ${names} there. Somebody who manages the server can give it to my role.`;
  }
  if (!channel.isThread() || channel.locked !== true || channel.manageable) return undefined;
  return 'The thread is locked.';
}

/** Whether the bot sees a channel and what was written there, as far as it knows the channel. */
export function mayRead(channel: GuildBasedChannel): boolean {
  const missing = missingPermissions(channel);
  return !missing.includes('View Channel') && !missing.includes('Read Message History');
}

/** Whether the bot has a permission there, as far as it knows the channel. */
export function mayIn(
  client: Client,
  channelId: string,
  permission: (typeof neededPermissions)[number]['name'],
): boolean {
  const channel = client.channels.cache.get(channelId);
  return !channel || channel.isDMBased() || !missingPermissions(channel).includes(permission);
}
