import { guildRestJson, guildJson, memberJson, roleJson } from '../json/guild.ts';
import { userJson } from '../json/user.ts';
import { DEFAULT_PERMISSIONS } from './permissions.ts';
import type { Guild, Member, Role } from './types.ts';
import { isoNow, must, userOf, type World } from './world.ts';

export interface NewGuild {
  id?: string;
  name: string;
  ownerId: string;
}

/** Makes a server with its @everyone role, which has the server's id, and with its owner in it. */
export function createGuild(world: World, input: NewGuild): Guild {
  const id = input.id ?? world.newId();
  const guild: Guild = {
    id,
    name: input.name,
    owner_id: input.ownerId,
    description: null,
    roles: new Map(),
    members: new Map(),
    system_channel_id: null,
    blocked: [],
    unavailable: false,
  };
  world.guilds.set(id, guild);
  guild.roles.set(id, { ...newRole(id, '@everyone'), permissions: DEFAULT_PERMISSIONS.toString() });
  addMember(world, guild, input.ownerId);
  return guild;
}

function newRole(id: string, name: string): Role {
  return { id, name, color: 0, hoist: false, position: 0, permissions: '0', managed: false, mentionable: false };
}

export interface NewRole {
  id?: string;
  name: string;
  permissions?: bigint;
  color?: number;
  mentionable?: boolean;
  hoist?: boolean;
  /** The bot that brings this role along. */
  botId?: string;
}

export function createRole(world: World, guild: Guild, input: NewRole): Role {
  const role: Role = {
    ...newRole(input.id ?? world.newId(), input.name),
    position: guild.roles.size,
    permissions: (input.permissions ?? 0n).toString(),
    color: input.color ?? 0,
    mentionable: input.mentionable ?? false,
    hoist: input.hoist ?? false,
    managed: input.botId !== undefined,
    ...(input.botId !== undefined && { botId: input.botId }),
  };
  guild.roles.set(role.id, role);
  world.publish({ t: 'GUILD_ROLE_CREATE', guildId: guild.id, d: { guild_id: guild.id, role: roleJson(role) } });
  return role;
}

export function updateRole(world: World, guild: Guild, role: Role, change: Partial<Role>): Role {
  Object.assign(role, change);
  world.publish({ t: 'GUILD_ROLE_UPDATE', guildId: guild.id, d: { guild_id: guild.id, role: roleJson(role) } });
  return role;
}

export function deleteRole(world: World, guild: Guild, roleId: string): void {
  guild.roles.delete(roleId);
  for (const member of guild.members.values()) member.roles = member.roles.filter((id) => id !== roleId);
  world.publish({ t: 'GUILD_ROLE_DELETE', guildId: guild.id, d: { guild_id: guild.id, role_id: roleId } });
}

/** Lets a user into the server. A bot that joins gets a GUILD_CREATE. */
export function addMember(
  world: World,
  guild: Guild,
  userId: string,
  roles: string[] = [],
  nick: string | null = null,
): Member {
  const member: Member = {
    user_id: userId,
    nick,
    roles: [...roles],
    joined_at: isoNow(world),
    communication_disabled_until: null,
  };
  guild.members.set(userId, member);
  const user = userOf(world, userId);
  world.publish({
    t: 'GUILD_MEMBER_ADD',
    guildId: guild.id,
    d: { ...memberJson(guild, member, user), guild_id: guild.id },
  });
  if (user.bot) world.publish({ t: 'GUILD_CREATE', only: [userId], d: guildJson(world, guild, userId) });
  return member;
}

export function updateMember(world: World, guild: Guild, userId: string, change: Partial<Member>): Member {
  const member = must(guild.members.get(userId), `member ${userId}`);
  Object.assign(member, change);
  const d = { ...memberJson(guild, member, userOf(world, userId)), guild_id: guild.id };
  world.publish({ t: 'GUILD_MEMBER_UPDATE', guildId: guild.id, d });
  return member;
}

export function removeMember(world: World, guild: Guild, userId: string): void {
  guild.members.delete(userId);
  const user = userOf(world, userId);
  world.publish({
    t: 'GUILD_MEMBER_REMOVE',
    guildId: guild.id,
    d: { guild_id: guild.id, user: userJson(user) },
  });
  if (user.bot) world.publish({ t: 'GUILD_DELETE', only: [userId], d: { id: guild.id } });
}

/** Begins or ends an outage. The bots in it hear that the server is unavailable, or get it anew. */
export function setOutage(world: World, guild: Guild, on: boolean, botId: string): void {
  if (guild.unavailable === on) return;
  guild.unavailable = on;
  const only = [botId];
  if (on) world.publish({ t: 'GUILD_DELETE', only, d: { id: guild.id, unavailable: true } });
  else world.publish({ t: 'GUILD_CREATE', only, d: guildJson(world, guild, botId) });
}

/** Sets the language of a community's server. The bots in it hear of it. */
export function updateLocale(world: World, guild: Guild, locale: string): void {
  guild.locale = locale;
  world.publish({ t: 'GUILD_UPDATE', guildId: guild.id, d: guildRestJson(guild) });
}
