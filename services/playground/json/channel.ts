import type { Channel, Json } from '../state/types.ts';
import { isThread, userOf, type World } from '../state/world.ts';
import { userJson } from './user.ts';

/**
 * A channel as Discord sends it. The recipients of a DM leave out `viewerId`, the person who looks at it.
 * A key that Discord omits is never null here: discord.js fails on some of them.
 */
export function channelJson(world: World, channel: Channel, viewerId?: string): Json {
  if (channel.recipients) return dmJson(world, channel, viewerId);
  if (isThread(channel)) return threadJson(channel);
  return {
    id: channel.id,
    type: channel.type,
    guild_id: channel.guild_id,
    name: channel.name,
    position: channel.position,
    parent_id: channel.parent_id,
    nsfw: channel.nsfw,
    flags: 0,
    permission_overwrites: channel.permission_overwrites.map((overwrite) => ({ ...overwrite })),
    ...(channel.type !== 4 && {
      topic: channel.topic ?? null,
      rate_limit_per_user: channel.rate_limit_per_user,
      last_message_id: channel.last_message_id,
      last_pin_timestamp: null,
      default_auto_archive_duration: 1440,
    }),
    ...(channel.type === 2 && { bitrate: 64_000, user_limit: 0, rtc_region: null }),
    ...(channel.type === 15 && {
      available_tags: [],
      default_reaction_emoji: null,
      default_sort_order: null,
      template: '',
    }),
  };
}

function dmJson(world: World, channel: Channel, viewerId?: string): Json {
  const others = (channel.recipients ?? []).filter((id) => id !== viewerId);
  return {
    id: channel.id,
    type: channel.type,
    flags: 0,
    last_message_id: channel.last_message_id,
    recipients: others.map((id) => userJson(userOf(world, id))),
    ...(channel.type === 3 && { name: channel.name ?? null, icon: null, owner_id: channel.recipients?.[0] }),
  };
}

function threadJson(channel: Channel): Json {
  return {
    id: channel.id,
    type: channel.type,
    guild_id: channel.guild_id,
    parent_id: channel.parent_id,
    owner_id: channel.owner_id,
    name: channel.name,
    flags: 0,
    rate_limit_per_user: channel.rate_limit_per_user,
    last_message_id: channel.last_message_id,
    thread_metadata: { ...channel.thread_metadata },
    message_count: channel.message_count ?? 0,
    member_count: channel.thread_members?.size ?? 0,
    total_message_sent: channel.total_message_sent ?? 0,
    ...(channel.applied_tags && { applied_tags: channel.applied_tags }),
  };
}

export function threadMemberJson(thread: Channel, userId: string): Json {
  return { id: thread.id, user_id: userId, join_timestamp: thread.thread_members?.get(userId), flags: 0 };
}
