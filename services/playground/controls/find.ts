import type { PlaygroundContext } from '../context.ts';
import { openDm } from '../state/channels.ts';
import type { Channel, Guild, Message, Role, User } from '../state/types.ts';
import { findUser } from '../state/users.ts';
import { findMessageAnywhere, must } from '../state/world.ts';

/** The server with this id or name; the demo server when none is named. */
export function guildNamed(context: PlaygroundContext, nameOrId?: string): Guild {
  const guilds = [...context.world.guilds.values()];
  if (nameOrId === undefined) return must(guilds[0], 'server');
  return must(
    guilds.find((guild) => guild.id === nameOrId || guild.name === nameOrId),
    `server ${nameOrId}`,
  );
}

/** The person or bot with this id, user name or shown name. */
export function userNamed(context: PlaygroundContext, nameOrId: string): User {
  return must(findUser(context.world, nameOrId), `person ${nameOrId}`);
}

/** The channel or thread with this id or name. `@Ada` is the direct-message channel of Ada and the bot. */
export function channelNamed(context: PlaygroundContext, nameOrId: string): Channel {
  const { world } = context;
  const byId = world.channels.get(nameOrId);
  if (byId) return byId;
  if (nameOrId.startsWith('@')) {
    return openDm(world, userNamed(context, nameOrId.slice(1)).id, context.bot.userId);
  }
  const name = nameOrId.replace(/^#/, '');
  return must(
    [...world.channels.values()].find((channel) => channel.name === name),
    `channel ${nameOrId}`,
  );
}

export function messageWithId(context: PlaygroundContext, id: string): Message {
  return must(findMessageAnywhere(context.world, id), `message ${id}`);
}

export function roleNamed(guild: Guild, nameOrId: string): Role {
  return must(
    [...guild.roles.values()].find((role) => role.id === nameOrId || role.name === nameOrId),
    `role ${nameOrId}`,
  );
}
