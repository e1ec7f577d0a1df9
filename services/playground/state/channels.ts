import { channelJson } from '../json/channel.ts';
import { snowflakeAt } from './snowflakes.ts';
import type { Channel, Overwrite } from './types.ts';
import { channelsOf, type World } from './world.ts';

export interface NewChannel {
  id?: string;
  guildId: string;
  name: string;
  type?: number;
  parentId?: string | null;
  topic?: string | null;
  overwrites?: Overwrite[];
}

/** Makes a channel, a text channel (type 0) by default, and tells those who may see it. */
export function createChannel(world: World, input: NewChannel): Channel {
  const channel: Channel = {
    id: input.id ?? world.newId(),
    type: input.type ?? 0,
    guild_id: input.guildId,
    name: input.name,
    topic: input.topic ?? null,
    position: channelsOf(world, input.guildId).length,
    parent_id: input.parentId ?? null,
    nsfw: false,
    rate_limit_per_user: 0,
    permission_overwrites: input.overwrites ?? [],
    last_message_id: null,
  };
  world.channels.set(channel.id, channel);
  publishChannel(world, 'CHANNEL_CREATE', channel);
  return channel;
}

function publishChannel(world: World, t: string, channel: Channel): void {
  const guildId = channel.guild_id ?? '';
  world.publish({ t, guildId, channelId: channel.id, d: channelJson(world, channel) });
}

export function updateChannel(world: World, channel: Channel, change: Partial<Channel>): Channel {
  Object.assign(channel, change);
  publishChannel(world, 'CHANNEL_UPDATE', channel);
  return channel;
}

export function deleteChannel(world: World, channel: Channel): void {
  const t = channel.thread_metadata ? 'THREAD_DELETE' : 'CHANNEL_DELETE';
  publishChannel(world, t, channel);
  world.channels.delete(channel.id);
  world.messages.delete(channel.id);
  for (const other of world.channels.values()) {
    if (other.parent_id === channel.id && other.thread_metadata) deleteChannel(world, other);
  }
}

/** Adds an overwrite, or replaces the one for the same role or member. */
export function setOverwrite(world: World, channel: Channel, overwrite: Overwrite): void {
  const others = channel.permission_overwrites.filter((o) => o.id !== overwrite.id);
  updateChannel(world, channel, { permission_overwrites: [...others, overwrite] });
}

export function removeOverwrite(world: World, channel: Channel, id: string): void {
  const permission_overwrites = channel.permission_overwrites.filter((o) => o.id !== id);
  updateChannel(world, channel, { permission_overwrites });
}

/** The direct-message channel of two people. It is made on first use, as Discord does. */
export function openDm(world: World, a: string, b: string): Channel {
  for (const channel of world.channels.values()) {
    if (channel.type === 1 && channel.recipients?.includes(a) && channel.recipients.includes(b)) return channel;
  }
  const dm: Channel = {
    id: world.newId(),
    type: 1,
    position: 0,
    parent_id: null,
    nsfw: false,
    rate_limit_per_user: 0,
    permission_overwrites: [],
    last_message_id: null,
    recipients: [a, b],
  };
  world.channels.set(dm.id, dm);
  return dm;
}

/** A conversation among people, two or more, in which no bot is a member. Its people may use apps of their own there. */
export function openGroup(world: World, people: string[]): Channel {
  const group: Channel = {
    id: world.newId(),
    type: people.length > 2 ? 3 : 1,
    position: 0,
    parent_id: null,
    nsfw: false,
    rate_limit_per_user: 0,
    permission_overwrites: [],
    last_message_id: null,
    recipients: people,
  };
  world.channels.set(group.id, group);
  return group;
}

/** An id for things that must stay the same after each start, such as those of the demo server. */
export function fixedId(n: number): string {
  return snowflakeAt(Date.UTC(2026, 0, 5), n);
}
