import { createChannel, fixedId } from './channels.ts';
import { addMember, createGuild, createRole } from './guilds.ts';
import { createMessage } from './messages.ts';
import { Permission } from './permissions.ts';
import type { Bot, Guild } from './types.ts';
import { createBot, createUser } from './users.ts';
import type { World } from './world.ts';

/** These ids stay the same after every start, so that a policy can name them. */
export const demoIds = {
  guild: fixedId(1),
  bot: fixedId(2),
  roles: { admin: fixedId(10), developer: fixedId(11), operator: fixedId(12), member: fixedId(13), bot: fixedId(14) },
  people: { Ada: fixedId(20), Dev: fixedId(21), Olga: fixedId(22), Max: fixedId(23), Guest: fixedId(24) },
  channels: { general: fixedId(30), data: fixedId(31), ops: fixedId(32) },
  messages: { welcome: fixedId(40) },
};

export interface DemoWorld {
  guild: Guild;
  bot: Bot;
}

/** The server "Dragoman Demo": five people with different roles, three channels, one bot. */
export function createDemoWorld(world: World, token: string | undefined, privilegedIntents?: number): DemoWorld {
  const { people, roles } = demoIds;
  for (const [name, id] of Object.entries(people)) createUser(world, { id, name });
  const bot = createBot(world, {
    id: demoIds.bot,
    name: 'Dragoman',
    ownerId: people.Ada,
    ...(token !== undefined && { token }),
    ...(privilegedIntents !== undefined && { privilegedIntents }),
  });
  const guild = createGuild(world, { id: demoIds.guild, name: 'Dragoman Demo', ownerId: people.Ada });
  createRole(world, guild, { id: roles.bot, name: 'Dragoman', color: 0x1abc9c, botId: bot.userId });
  createRole(world, guild, { id: roles.member, name: 'member', color: 0x95a5a6 });
  createRole(world, guild, { id: roles.operator, name: 'operator', color: 0xe67e22, mentionable: true });
  createRole(world, guild, { id: roles.developer, name: 'developer', color: 0x3498db, mentionable: true });
  createRole(world, guild, {
    id: roles.admin,
    name: 'admin',
    color: 0xe91e63,
    permissions: Permission.ADMINISTRATOR,
  });
  addMember(world, guild, people.Ada, [roles.admin]);
  addMember(world, guild, people.Dev, [roles.developer, roles.member]);
  addMember(world, guild, people.Olga, [roles.operator, roles.member]);
  addMember(world, guild, people.Max, [roles.member]);
  addMember(world, guild, people.Guest);
  addMember(world, guild, bot.userId, [roles.bot]);
  createDemoChannels(world, guild);
  return { guild, bot };
}

function createDemoChannels(world: World, guild: Guild): void {
  const { channels, roles } = demoIds;
  const view = Permission.VIEW_CHANNEL.toString();
  const general = createChannel(world, {
    id: channels.general,
    guildId: guild.id,
    name: 'general',
    topic: 'Ask Dragoman anything: mention it, reply to it, or use its commands',
  });
  createChannel(world, {
    id: channels.data,
    guildId: guild.id,
    name: 'data',
    topic: 'Questions about databases, buckets and files',
  });
  createChannel(world, {
    id: channels.ops,
    guildId: guild.id,
    name: 'ops',
    topic: 'Only operators and admins see this channel',
    overwrites: [
      { id: guild.id, type: 0, allow: '0', deny: view },
      { id: roles.operator, type: 0, allow: view, deny: '0' },
      { id: roles.bot, type: 0, allow: view, deny: '0' },
    ],
  });
  guild.system_channel_id = general.id;
  // The welcome is neither new nor a mention: a restarted bot must not take it for a question that it has missed.
  createMessage(world, {
    id: demoIds.messages.welcome,
    channel: general,
    authorId: demoIds.people.Ada,
    content: `Welcome! Write a question to the bot, such as: **@Dragoman which tables are there?**\nYou can also send it a direct message, or type \`/\` for its commands. On the left you choose who you are.`,
  });
}
