import type { Client, Guild } from 'discord.js';
import { isHidden } from './failures.ts';

/**
 * A server of the bot. One that another process is connected to is asked of Discord anew each time and kept nowhere,
 * because nobody tells this process of its changes. Undefined where the bot is no member, and in an outage of the server.
 */
export async function guildOf(client: Client, id: string): Promise<Guild | undefined> {
  const ours = client.guilds.cache.get(id);
  if (ours !== undefined) return ours.available ? ours : undefined;
  try {
    const guild = await client.guilds.fetch({ guild: id, force: true, cache: false });
    await guild.members.fetchMe();
    return guild;
  } catch (error) {
    if (isHidden(error)) return undefined;
    throw error;
  }
}

/** Whether this process is connected to the server, so that what it knows of it is kept up to date by events. */
export function isKept(guild: Guild): boolean {
  return guild.client.guilds.cache.get(guild.id) === guild;
}

/** The server of a channel or thread; undefined for direct messages, and for what the bot does not see. */
export async function guildOfChannel(client: Client, id: string): Promise<Guild | undefined> {
  try {
    const channel = await client.channels.fetch(id, { cache: false, allowUnknownGuild: true });
    return channel === null || channel.isDMBased() ? undefined : await guildOf(client, channel.guildId);
  } catch (error) {
    if (isHidden(error)) return undefined;
    throw error;
  }
}

/** Ids of at most so many servers of the bot, those of this process first. `more`: it is in further ones. */
export async function guildsOfBot(client: Client, most: number): Promise<{ ids: string[]; more: boolean }> {
  const ours = [...client.guilds.cache.keys()];
  const all = isConnectedToAll(client) || ours.length > most ? [] : (await client.guilds.fetch({ limit: 200 })).keys();
  const ids = [...new Set([...ours, ...all])];
  return { ids: ids.slice(0, most), more: ids.length > most };
}

function isConnectedToAll(client: Client): boolean {
  const { shardCount } = client.options;
  return shardCount === undefined || client.ws.shards.size >= shardCount;
}
