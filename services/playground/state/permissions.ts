import type { Channel, Guild, Message, NewInteraction } from './types.ts';
import { guildOf, isThread, type World } from './world.ts';

/** Discord's permission bits; https://discord.com/developers/docs/topics/permissions */
export const Permission = {
  CREATE_INSTANT_INVITE: 1n << 0n,
  KICK_MEMBERS: 1n << 1n,
  BAN_MEMBERS: 1n << 2n,
  ADMINISTRATOR: 1n << 3n,
  MANAGE_CHANNELS: 1n << 4n,
  MANAGE_GUILD: 1n << 5n,
  ADD_REACTIONS: 1n << 6n,
  VIEW_AUDIT_LOG: 1n << 7n,
  VIEW_CHANNEL: 1n << 10n,
  SEND_MESSAGES: 1n << 11n,
  SEND_TTS_MESSAGES: 1n << 12n,
  MANAGE_MESSAGES: 1n << 13n,
  EMBED_LINKS: 1n << 14n,
  ATTACH_FILES: 1n << 15n,
  READ_MESSAGE_HISTORY: 1n << 16n,
  MENTION_EVERYONE: 1n << 17n,
  USE_EXTERNAL_EMOJIS: 1n << 18n,
  CHANGE_NICKNAME: 1n << 26n,
  MANAGE_NICKNAMES: 1n << 27n,
  MANAGE_ROLES: 1n << 28n,
  MANAGE_WEBHOOKS: 1n << 29n,
  USE_APPLICATION_COMMANDS: 1n << 31n,
  MANAGE_THREADS: 1n << 34n,
  CREATE_PUBLIC_THREADS: 1n << 35n,
  CREATE_PRIVATE_THREADS: 1n << 36n,
  SEND_MESSAGES_IN_THREADS: 1n << 38n,
  MODERATE_MEMBERS: 1n << 40n,
  SEND_POLLS: 1n << 49n,
  PIN_MESSAGES: 1n << 51n,
} as const;

export type PermissionName = keyof typeof Permission;

export const ALL_PERMISSIONS = (1n << 53n) - 1n;

/** What @everyone may do in a new server. */
export const DEFAULT_PERMISSIONS =
  Permission.CREATE_INSTANT_INVITE |
  Permission.ADD_REACTIONS |
  Permission.VIEW_CHANNEL |
  Permission.SEND_MESSAGES |
  Permission.EMBED_LINKS |
  Permission.ATTACH_FILES |
  Permission.READ_MESSAGE_HISTORY |
  Permission.USE_EXTERNAL_EMOJIS |
  Permission.CHANGE_NICKNAME |
  Permission.USE_APPLICATION_COMMANDS |
  Permission.CREATE_PUBLIC_THREADS |
  Permission.CREATE_PRIVATE_THREADS |
  Permission.SEND_MESSAGES_IN_THREADS |
  Permission.SEND_POLLS;

/** Adds permissions up by their names; an unknown name throws. */
export function permissionBits(names: readonly PermissionName[]): bigint {
  let bits = 0n;
  for (const name of names) {
    if (!(name in Permission)) throw new Error(`There is no permission ${name}; see state/permissions.ts.`);
    bits |= Permission[name];
  }
  return bits;
}

/** A member's permissions in the server, before any channel's overwrites; 0n for a user who is not in it. */
export function guildPermissions(guild: Guild, userId: string): bigint {
  const member = guild.members.get(userId);
  if (!member) return 0n;
  if (guild.owner_id === userId) return ALL_PERMISSIONS;
  let bits = BigInt(guild.roles.get(guild.id)?.permissions ?? '0');
  for (const id of member.roles) bits |= BigInt(guild.roles.get(id)?.permissions ?? '0');
  return bits & Permission.ADMINISTRATOR ? ALL_PERMISSIONS : bits;
}

function applyOverwrites(bits: bigint, guild: Guild, userId: string, channel: Channel): bigint {
  const roles = new Set(guild.members.get(userId)?.roles);
  const apply = (allow: bigint, deny: bigint) => {
    bits = (bits & ~deny) | allow;
  };
  const everyone = channel.permission_overwrites.find((o) => o.id === guild.id);
  if (everyone) apply(BigInt(everyone.allow), BigInt(everyone.deny));
  let allow = 0n;
  let deny = 0n;
  for (const o of channel.permission_overwrites) {
    if (o.type !== 0 || o.id === guild.id || !roles.has(o.id)) continue;
    allow |= BigInt(o.allow);
    deny |= BigInt(o.deny);
  }
  apply(allow, deny);
  const own = channel.permission_overwrites.find((o) => o.type === 1 && o.id === userId);
  if (own) apply(BigInt(own.allow), BigInt(own.deny));
  return bits;
}

/** A user's permissions in a channel, in Discord's order: roles, then overwrites of everyone, roles, member. */
export function channelPermissions(world: World, channel: Channel, userId: string): bigint {
  const guild = guildOf(world, channel);
  if (!guild) return channel.recipients?.includes(userId) ? ALL_PERMISSIONS & ~Permission.ADMINISTRATOR : 0n;
  const base = guildPermissions(guild, userId);
  if (base === ALL_PERMISSIONS || base === 0n) return base;
  const bits = overwritten(world, channel, guild, userId, base);
  return isTimedOut(world, guild, userId) ? bits & TIMED_OUT_PERMISSIONS : bits;
}

/** The permissions that a member keeps during a time-out. */
const TIMED_OUT_PERMISSIONS = Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY;

function isTimedOut(world: World, guild: Guild, userId: string): boolean {
  const until = guild.members.get(userId)?.communication_disabled_until;
  return typeof until === 'string' && Date.parse(until) > world.clock.now();
}

function overwritten(world: World, channel: Channel, guild: Guild, userId: string, base: bigint): bigint {
  const parent = isThread(channel) ? world.channels.get(channel.parent_id ?? '') : channel;
  if (!parent) return 0n;
  const bits = applyOverwrites(base, guild, userId, parent);
  if (!(bits & Permission.VIEW_CHANNEL)) return 0n;
  if (channel.type === 12 && !channel.thread_members?.has(userId) && !(bits & Permission.MANAGE_THREADS)) return 0n;
  const maySend = bits & (isThread(channel) ? Permission.SEND_MESSAGES_IN_THREADS : Permission.SEND_MESSAGES);
  if (maySend) return bits;
  return bits & ~(Permission.MENTION_EVERYONE | Permission.ATTACH_FILES | Permission.EMBED_LINKS);
}

export function may(world: World, channel: Channel, userId: string, permission: bigint): boolean {
  return (channelPermissions(world, channel, userId) & permission) === permission;
}

export function canView(world: World, channel: Channel, userId: string): boolean {
  return may(world, channel, userId, Permission.VIEW_CHANNEL);
}

export function canSend(world: World, channel: Channel, userId: string): boolean {
  return may(
    world,
    channel,
    userId,
    isThread(channel) ? Permission.SEND_MESSAGES_IN_THREADS : Permission.SEND_MESSAGES,
  );
}

/** Whether a person sees this message: they see the channel, and it is not somebody else's ephemeral message. */
export function canSeeMessage(world: World, message: Message, userId: string): boolean {
  if (message.visibleTo !== undefined) return message.visibleTo === userId;
  const channel = world.channels.get(message.channel_id);
  return channel !== undefined && canView(world, channel, userId);
}

/** Whether the bot is used where it is no member, by a person who installed the app for themselves. */
export function isOnlyOfAPerson(
  world: World,
  { applicationId, channelId, guildId }: Pick<NewInteraction, 'applicationId' | 'channelId' | 'guildId'>,
): boolean {
  const guild = world.guilds.get(guildId ?? '');
  return guild
    ? !guild.members.has(applicationId)
    : !world.channels.get(channelId)?.recipients?.includes(applicationId);
}
