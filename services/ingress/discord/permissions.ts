import type { Client, GuildBasedChannel } from 'discord.js';
import { listIn } from '../language/amounts.ts';
import type { Say, Words } from '../language/say.ts';
import { neededPermissions } from './needed-permissions.ts';

/** What writing needs, by the names that Discord shows in English and in the reader's language. */
const needs = {
  see: { name: 'View Channel', key: 'permission.view-channel' },
  write: { name: 'Send Messages', key: 'permission.send-messages' },
  writeInThreads: { name: 'Send Messages in Threads', key: 'permission.send-messages-in-threads' },
} as const;

export function missingPermissions(channel: GuildBasedChannel): string[] {
  const { me } = channel.guild.members;
  const permissions = me ? channel.permissionsFor(me) : undefined;
  if (!permissions) return [];
  return neededPermissions.filter(({ bit }) => !permissions.has(bit)).map(({ name }) => name);
}

/** Why the bot cannot write in a channel, in words for people; undefined when it can, or when that is not known. */
export function missingToWrite(client: Client, channelId: string): Words | undefined {
  const channel = client.channels.cache.get(channelId);
  if (!channel || channel.isDMBased()) return undefined;
  const needed = [needs.see, channel.isThread() ? needs.writeInThreads : needs.write];
  const lacking = missingPermissions(channel);
  const missing = needed.filter(({ name }) => lacking.includes(name));
  if (missing.length > 0) {
    const names = (say: Say) => missing.map(({ key }) => say(key));
    return (say) => say('refused.lacking', { permissions: listIn(say, names(say)) });
  }
  if (!channel.isThread() || channel.locked !== true || channel.manageable) return undefined;
  return (say) => say('refused.locked');
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
