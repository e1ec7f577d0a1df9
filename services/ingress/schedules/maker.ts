import {
  ChannelType,
  PermissionFlagsBits,
  type AnyThreadChannel,
  type Client,
  type Guild,
  type GuildBasedChannel,
  type GuildMember,
} from 'discord.js';
import type { PauseReason, Schedule } from '#shared/schedules/schedule.ts';
import { failureOf } from '../discord/errors.ts';
import type { RoleRef } from '../discord/incoming.ts';

/** What Discord says at this moment of who made a schedule, or why they cannot be asked for there any more. */
export type MakerNow =
  | { name?: string; roles: RoleRef[]; parent?: string; thread: boolean }
  | { gone: Extract<PauseReason, 'left' | 'no-access' | 'no-place'> }
  /** The server is in an outage, or another ingress is connected to it. */
  | 'unknown';

/**
 * Asks Discord for the maker's membership, roles and permissions in the channel. Rejects while Discord does not answer:
 * then nothing is known, and nothing may be done on what was known before.
 */
export async function makerNow(
  client: Client,
  { guild: id, channel: channelId }: Pick<Schedule, 'guild' | 'channel'>,
  maker: string,
): Promise<MakerNow> {
  if (id === undefined) return { roles: [], thread: false };
  const guild = client.guilds.cache.get(id);
  if (!guild) {
    // It is not kept: nobody would tell this process of its changes.
    const elsewhere = await found(() => client.guilds.fetch({ guild: id, force: true, cache: false }));
    return elsewhere ? 'unknown' : { gone: 'no-place' };
  }
  if (!guild.available) return 'unknown';
  const member = await found(() => guild.members.fetch({ user: maker, force: true }));
  if (!member) return { gone: 'left' };
  // An archived thread is not in the library's cache.
  const channel = guild.channels.cache.get(channelId) ?? (await found(() => guild.channels.fetch(channelId)));
  if (!channel?.isTextBased()) return { gone: 'no-place' };
  if (!(await mayAskIn(channel, member))) return { gone: 'no-access' };
  const thread = channel.isThread();
  return {
    name: member.displayName,
    roles: rolesOf(member, guild),
    thread,
    ...(thread && channel.parentId !== null && { parent: channel.parentId }),
  };
}

/** Whether a person could write there themselves. */
export async function mayAskIn(channel: GuildBasedChannel, member: GuildMember): Promise<boolean> {
  const { ViewChannel, SendMessages, SendMessagesInThreads, ManageThreads } = PermissionFlagsBits;
  const permissions = channel.permissionsFor(member);
  if (!permissions.has([ViewChannel, channel.isThread() ? SendMessagesInThreads : SendMessages])) return false;
  if (channel.type !== ChannelType.PrivateThread || permissions.has(ManageThreads)) return true;
  const thread = channel as AnyThreadChannel;
  return (await found(() => thread.members.fetch(member.id))) !== undefined;
}

function rolesOf(member: GuildMember, guild: Guild): RoleRef[] {
  const roles = [...member.roles.cache.values()].filter(({ id }) => id !== guild.id);
  return roles.map(({ id, name }) => ({ id, name }));
}

/** Undefined when Discord says that it does not exist, or that we may not see it. Rejects when Discord does not answer. */
async function found<T>(ask: () => Promise<T | null>): Promise<T | undefined> {
  try {
    return (await ask()) ?? undefined;
  } catch (error) {
    const failure = failureOf(error);
    if (failure === 'gone' || failure === 'forbidden') return undefined;
    throw error;
  }
}
