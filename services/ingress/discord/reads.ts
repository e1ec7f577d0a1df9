import type { Client, TextBasedChannel } from 'discord.js';
import { incomingMessage, type IncomingMessage, type RoleRef } from './incoming.ts';

/** Looks things up in the library's caches, and asks Discord for what they do not have. */
export interface Reads {
  /** Messages as they are now; those that are gone are left out. */
  fetchMessages(channel: string, ids: string[]): Promise<IncomingMessage[]>;
  /** The latest message of a person in a channel, among the last fifty. */
  latestMessage(channel: string, author: string): Promise<IncomingMessage | undefined>;
  /** The roles that a person has now; none when they are no longer a member. */
  fetchRoles(guild: string | undefined, user: string): Promise<RoleRef[]>;
  /** The role that Discord made for the bot in a server. */
  botRole(guild: string | undefined): string | undefined;
  /** The channel that a thread belongs to. */
  parentOf(channel: string): string | undefined;
  /** Whether a server has a role of this id, as far as the library knows. */
  isRole(guild: string, id: string): boolean;
  /** The name of a server, channel or thread; undefined where it has none, or none that the library knows. */
  nameOf(id: string): string | undefined;
}

export function createReads(client: Client): Reads {
  const bot = () => client.user?.id ?? '';

  async function textChannel(id: string): Promise<TextBasedChannel | undefined> {
    const channel = await client.channels.fetch(id).catch(() => null);
    return channel?.isTextBased() ? channel : undefined;
  }

  return {
    async fetchMessages(channelId, ids) {
      const channel = await textChannel(channelId);
      if (!channel) return [];
      const found = await Promise.all(
        ids.map((id) => channel.messages.fetch({ message: id, force: true }).catch(() => undefined)),
      );
      const messages = found.filter((message) => message !== undefined);
      return Promise.all(
        messages.map(async (message) => {
          await message.member?.fetch().catch(() => undefined);
          const replied = message.reference?.messageId;
          if (replied !== undefined) await channel.messages.fetch(replied).catch(() => undefined);
          return incomingMessage(message, bot());
        }),
      );
    },
    async latestMessage(channelId, author) {
      const channel = await textChannel(channelId);
      const latest = await channel?.messages.fetch({ limit: 50 }).catch(() => undefined);
      const message = latest?.find((each) => each.author.id === author);
      return message && incomingMessage(message, bot());
    },
    async fetchRoles(guildId, user) {
      const guild = guildId === undefined ? undefined : client.guilds.cache.get(guildId);
      const member = await guild?.members.fetch({ user, force: true }).catch(() => undefined);
      const roles = [...(member?.roles.cache.values() ?? [])];
      return roles.filter(({ id }) => id !== guildId).map(({ id, name }) => ({ id, name }));
    },
    botRole: (guild) => (guild ? client.guilds.cache.get(guild)?.members.me?.roles.botRole?.id : undefined),
    parentOf(id) {
      const channel = client.channels.cache.get(id);
      return channel?.isThread() ? (channel.parentId ?? undefined) : undefined;
    },
    isRole: (guild, id) => client.guilds.cache.get(guild)?.roles.cache.has(id) ?? false,
    nameOf(id) {
      const channel = client.channels.cache.get(id);
      if (channel) return channel.isDMBased() ? undefined : channel.name;
      return client.guilds.cache.get(id)?.name;
    },
  };
}
