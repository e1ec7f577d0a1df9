import { textOf } from '../json/text.ts';
import { canSend, canView, channelPermissions, guildPermissions, may, Permission } from '../state/permissions.ts';
import { isSnowflake } from '../state/snowflakes.ts';
import type { Channel, Guild, Message, User } from '../state/types.ts';
import { findMessage, isThread } from '../state/world.ts';
import { invalidForm, refuse } from './errors.ts';
import type { Call } from './route.ts';

function idParam(call: Call, name: string): string {
  const value: unknown = call.params[name];
  if (isSnowflake(value)) return value;
  throw invalidForm(`${name}_id`, 'NUMBER_TYPE_COERCE', `Value "${textOf(value)}" is not snowflake.`);
}

/** The guild in the path; 404 10004 when it does not exist or the bot is not in it. */
export function guildIn(call: Call): Guild {
  const guild = call.context.world.guilds.get(idParam(call, 'guild'));
  if (!guild?.members.has(call.bot.userId) || guild.unavailable) throw refuse('unknownGuild');
  return guild;
}

/** The channel in the path: 404 10003 when there is none, 403 50001 when the bot may not see it. */
export function channelIn(call: Call): Channel {
  const { world } = call.context;
  const channel = world.channels.get(idParam(call, 'channel'));
  if (!channel) throw refuse('unknownChannel');
  if (world.guilds.get(channel.guild_id ?? '')?.unavailable === true) throw refuse('unknownChannel');
  if (!canView(world, channel, call.bot.userId)) throw refuse('missingAccess');
  return channel;
}

/** The message in the path; another person's ephemeral messages are unknown to REST. */
export function messageIn(call: Call, channel: Channel, name = 'message'): Message {
  const message = findMessage(call.context.world, channel.id, idParam(call, name));
  if (!message || message.visibleTo !== undefined) throw refuse('unknownMessage');
  return message;
}

export function userIn(call: Call): User {
  const user = call.context.world.users.get(call.params['user'] === '@me' ? call.bot.userId : idParam(call, 'user'));
  if (!user) throw refuse('unknownUser');
  return user;
}

/** Throws 403 50013 unless the bot has the permission in this channel. */
export function requireIn(call: Call, channel: Channel, permission: bigint): void {
  const has = channelPermissions(call.context.world, channel, call.bot.userId);
  if ((has & permission) !== permission) throw refuse('missingPermissions');
}

export function requireInGuild(call: Call, guild: Guild, permission: bigint): void {
  if ((guildPermissions(guild, call.bot.userId) & permission) !== permission) throw refuse('missingPermissions');
}

/** Throws unless the bot may write here. In DMs that depends on the other person, in threads on their lock. */
export function requireSend(call: Call, channel: Channel): void {
  const { world } = call.context;
  if (channel.type === 4 || channel.type === 15) throw refuse('wrongChannelType');
  if (channel.recipients) {
    const other = world.users.get(channel.recipients.find((id) => id !== call.bot.userId) ?? '');
    if (!other || other.dmsClosed || other.bot) throw refuse('cannotDm');
    return;
  }
  if (!canSend(world, channel, call.bot.userId)) throw refuse('missingPermissions');
  if (isThread(channel)) requireUnlocked(call, channel);
}

/** Throws when a moderator has locked the thread; those who manage threads may go on. */
function requireUnlocked(call: Call, thread: Channel): void {
  if (thread.thread_metadata?.locked !== true) return;
  if (may(call.context.world, thread, call.bot.userId, Permission.MANAGE_THREADS)) return;
  throw refuse(thread.thread_metadata.archived ? 'threadArchived' : 'threadLocked');
}

/** Throws for what nobody may do in an archived thread: editing messages, and reactions (docs: Threads). */
export function requireActive(call: Call, channel: Channel): void {
  if (!isThread(channel)) return;
  if (channel.thread_metadata?.archived === true) throw refuse('threadArchived');
  requireUnlocked(call, channel);
}

/** A whole number from the query, kept within its bounds. */
export function queryNumber(call: Call, name: string, usual: number, max: number): number {
  const text = call.query.get(name);
  if (text === null) return usual;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > max) {
    throw invalidForm(name, 'NUMBER_TYPE_MAX', `int value should be between 1 and ${max}.`);
  }
  return value;
}
