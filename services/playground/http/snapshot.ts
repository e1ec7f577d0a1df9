import type { PlaygroundContext } from '../context.ts';
import { mayUse } from '../controls/command-data.ts';
import { commandJson, usableCommands } from '../state/commands.ts';
import { canSend, canView, may, Permission } from '../state/permissions.ts';
import { compareIds } from '../state/snowflakes.ts';
import type { Channel, Guild, Json, User } from '../state/types.ts';
import { channelsOf, isThread, userOf } from '../state/world.ts';

/** Everything that the page shows around the messages, as one person sees it. */
export function snapshot(context: PlaygroundContext, me: User): Json {
  const { world, bot } = context;
  const guilds = [...world.guilds.values()].filter((guild) => guild.members.has(me.id));
  const dms = [...world.channels.values()].filter((channel) => channel.recipients?.includes(me.id));
  return {
    me: me.id,
    bot: {
      id: bot.userId,
      online: [...context.gateway.sessions.values()].some(({ socket }) => socket !== undefined),
    },
    users: [...world.users.values()].map(({ id, username, global_name, bot: isBot }) => ({
      id,
      username,
      name: global_name ?? username,
      bot: isBot,
    })),
    guilds: guilds.map((guild) => guildView(context, guild, me)),
    dms: dms.map((channel) => ({ ...channelView(context, channel, me), with: otherOf(context, channel, me) })),
  };
}

function otherOf({ world }: PlaygroundContext, channel: Channel, me: User): string {
  return userOf(world, channel.recipients?.find((id) => id !== me.id) ?? me.id).id;
}

function guildView(context: PlaygroundContext, guild: Guild, me: User): Json {
  const channels = channelsOf(context.world, guild.id).filter((channel) => canView(context.world, channel, me.id));
  return {
    id: guild.id,
    name: guild.name,
    roles: [...guild.roles.values()].map(({ id, name, color, position, managed }) => ({
      id,
      name,
      color,
      position,
      managed,
    })),
    members: [...guild.members.values()].map(({ user_id, nick, roles }) => ({ id: user_id, nick, roles })),
    channels: channels.filter((c) => !isThread(c)).map((channel) => channelView(context, channel, me)),
    threads: channels
      .filter((channel) => isThread(channel))
      .toSorted((a, b) => compareIds(a.id, b.id))
      .map((channel) => channelView(context, channel, me)),
  };
}

function channelView(context: PlaygroundContext, channel: Channel, me: User): Json {
  const { world, bot } = context;
  const commands = usableCommands(world, bot.userId, channel.guild_id).filter((command) =>
    mayUse(context, channel, me, command),
  );
  return {
    id: channel.id,
    type: channel.type,
    name: channel.name,
    topic: channel.topic ?? null,
    parentId: channel.parent_id,
    archived: channel.thread_metadata?.archived ?? false,
    lastMessageId: channel.last_message_id,
    canSend: canSend(world, channel, me.id),
    canThread: channel.guild_id !== undefined && may(world, channel, me.id, Permission.CREATE_PUBLIC_THREADS),
    canManage: may(world, channel, me.id, Permission.MANAGE_MESSAGES),
    commands: botIsThere(context, channel) ? commands.map(commandJson) : [],
  };
}

function botIsThere({ world, bot }: PlaygroundContext, channel: Channel): boolean {
  return (
    channel.recipients?.includes(bot.userId) ??
    world.guilds.get(channel.guild_id ?? '')?.members.has(bot.userId) ??
    false
  );
}
