import {
  ChannelType,
  PermissionFlagsBits,
  type AnyThreadChannel,
  type Collection,
  type GuildMember,
  type NonThreadGuildBasedChannel,
  type PermissionsBitField,
} from 'discord.js';
import type { Asker } from './asker.ts';
import { isHidden } from './failures.ts';
import { isKept } from './guilds.ts';

const { ViewChannel, Connect, ReadMessageHistory, ManageThreads } = PermissionFlagsBits;

/** The channels of a server that somebody sees, without threads. */
export type Seen = Collection<string, NonThreadGuildBasedChannel>;

/** Asks Discord for roles and channels anew, and keeps what the asker can see at this moment. */
export async function channelsSeen({ guild, member }: Asker): Promise<Seen> {
  const [channels] = await Promise.all([
    guild.channels.fetch(undefined, { cache: isKept(guild) }),
    guild.roles.fetch(),
  ]);
  return channels.filter((channel) => channel !== null && sees(channel, member)) as Seen;
}

/** A person's permissions in a channel; of a thread those of its channel. Undefined where nothing is known. */
export function permissionsIn(
  channel: NonThreadGuildBasedChannel | AnyThreadChannel,
  member: GuildMember,
): Readonly<PermissionsBitField> | undefined {
  return channel.permissionsFor(member) ?? undefined;
}

/** Whether somebody sees that a channel exists. Voice channels are seen by those who may enter them. */
export function sees(channel: NonThreadGuildBasedChannel, member: GuildMember): boolean {
  const permissions = permissionsIn(channel, member);
  if (!permissions?.has(ViewChannel)) return false;
  return !channel.isVoiceBased() || permissions.has(Connect);
}

/** Whether somebody may read what was written in a channel before; of a thread, of its channel. */
export function readsHistory(channel: NonThreadGuildBasedChannel | AnyThreadChannel, member: GuildMember): boolean {
  return permissionsIn(channel, member)?.has([ViewChannel, ReadMessageHistory]) === true;
}

/** Whether somebody sees a thread: its channel, and of a private one that they take part in it or moderate. */
export async function seesThread(thread: AnyThreadChannel, seen: Seen, member: GuildMember): Promise<boolean> {
  if (thread.parentId === null || !seen.has(thread.parentId)) return false;
  if (thread.type !== ChannelType.PrivateThread) return true;
  if (permissionsIn(thread, member)?.has(ManageThreads) === true) return true;
  try {
    await thread.members.fetch({ member: member.id, force: true });
    return true;
  } catch (error) {
    if (isHidden(error)) return false;
    throw error;
  }
}

/** Private threads whose members are asked for in one call; further ones count as not seen. */
const maxPrivate = 25;

/** The threads that are not archived and that the asker sees, by Discord's list of this moment; the latest first. */
export async function activeThreads({ guild, member }: Asker, seen: Seen): Promise<AnyThreadChannel[]> {
  const { threads } = await guild.channels.fetchActiveThreads(isKept(guild));
  const ordered = [...threads.values()].toSorted((a, b) => (BigInt(b.id) > BigInt(a.id) ? 1 : -1));
  let asked = 0;
  const visible = await Promise.all(
    ordered.map(async (thread) => {
      if (thread.type === ChannelType.PrivateThread && (asked += 1) > maxPrivate) return false;
      return seesThread(thread, seen, member);
    }),
  );
  return ordered.filter((_, index) => visible[index]);
}
