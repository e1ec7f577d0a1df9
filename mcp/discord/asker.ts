import type { Guild, GuildMember } from 'discord.js';
import { ToolError, type ToolContext } from '#mcp/kit.ts';
import type { DiscordDoor } from './door.ts';
import { isHidden } from './failures.ts';
import { guildOf, guildOfChannel, guildsOfBot } from './guilds.ts';

/** The person whom a call is made for, as a member of a server, with the roles of this moment. */
export interface Asker {
  guild: Guild;
  member: GuildMember;
  /** The channel or thread that they asked in; undefined in direct messages. */
  here: string | undefined;
}

/** Servers that are looked through for somebody who asks in direct messages. */
const maxGuilds = 20;

/**
 * Finds who asks from the signed token, never from arguments, and asks Discord for their roles. In a server only that
 * server counts. In direct messages it is the one that they share with the bot, or the one of `channel`, which is an id.
 * Throws ToolError for callers of other doors, and for people who are no members any more.
 */
export async function askerOf(door: DiscordDoor, context: ToolContext, channel?: string): Promise<Asker> {
  const { caller } = context;
  if (caller?.kind !== 'discord') {
    throw new ToolError('Only somebody who asks in Discord can use this: it shows what they can see. Do without it.');
  }
  if (caller.guild === undefined) return ofDirectMessage(door, caller.id, channel);
  const guild = await guildOf(door.client, caller.guild);
  if (!guild) throw new ToolError('The bot is no member of this server, or Discord has an outage there.');
  const member = await memberOf(guild, caller.id);
  if (!member) throw new ToolError('The person who asks is no member of this server any more.');
  return { guild, member, here: caller.channel };
}

/** Asks Discord anew, so that a role that was taken away is gone. Undefined for somebody who is no member. */
async function memberOf(guild: Guild, user: string): Promise<GuildMember | undefined> {
  try {
    return await guild.members.fetch({ user, force: true });
  } catch (error) {
    if (isHidden(error)) return undefined;
    throw error;
  }
}

async function ofDirectMessage(door: DiscordDoor, user: string, channel: string | undefined): Promise<Asker> {
  const named = channel === undefined ? undefined : await inGuildOf(door, user, channel);
  if (named) return { guild: named.guild, member: named, here: undefined };
  const { ids, more } = await guildsOfBot(door.client, maxGuilds);
  const members = await Promise.all(
    ids.map(async (id) => {
      const guild = await guildOf(door.client, id);
      return guild && memberOf(guild, user);
    }),
  );
  const shared = members.filter((member) => member !== undefined);
  const [first] = shared;
  if (first && shared.length === 1) return { guild: first.guild, member: first, here: undefined };
  if (first) {
    const names = shared.map(({ guild }) => door.plainName(guild.name)).join(', ');
    throw new ToolError(
      `The person shares several servers with the bot (${names}${more ? ', maybe more' : ''}): ask them to ask in the one they mean, or to name a channel by its link.`,
    );
  }
  if (more) {
    throw new ToolError(
      'The bot is in too many servers to look for the person in all of them from direct messages: ask them to ask in the server they mean, or to name a channel by its link.',
    );
  }
  throw new ToolError('The person who asks shares no server with the bot; direct messages are not read.');
}

/** Somebody in the server of a channel; undefined where they are no member. */
async function inGuildOf(door: DiscordDoor, user: string, channel: string): Promise<GuildMember | undefined> {
  const guild = await guildOfChannel(door.client, channel);
  return guild && memberOf(guild, user);
}
