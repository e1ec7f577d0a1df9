import { channelJson, threadMemberJson } from '../json/channel.ts';
import { messageDispatch } from '../json/message.ts';
import type { Channel, Message } from './types.ts';
import { isoNow, type World } from './world.ts';

/** Message flag HAS_THREAD. */
export const HAS_THREAD = 1 << 5;

export interface NewThread {
  parent: Channel;
  ownerId: string;
  name: string;
  /** 10: in announcement channels, 11: public, 12: private. */
  type?: number;
  autoArchiveDuration?: number;
  /** The message that the thread belongs to; the thread then has that message's id. */
  message?: Message;
  invitable?: boolean;
}

/** Starts a thread. Its maker is its first member. THREAD_CREATE comes before any message in it. */
export function createThread(world: World, input: NewThread): Channel {
  const now = isoNow(world);
  const type = input.type ?? 11;
  const thread: Channel = {
    id: input.message?.id ?? world.newId(),
    type,
    ...(input.parent.guild_id !== undefined && { guild_id: input.parent.guild_id }),
    name: input.name,
    position: 0,
    parent_id: input.parent.id,
    nsfw: false,
    rate_limit_per_user: 0,
    permission_overwrites: [],
    last_message_id: null,
    owner_id: input.ownerId,
    thread_metadata: {
      archived: false,
      auto_archive_duration: input.autoArchiveDuration ?? 1440,
      archive_timestamp: now,
      locked: false,
      create_timestamp: now,
      ...(type === 12 && { invitable: input.invitable ?? true }),
    },
    thread_members: new Map([[input.ownerId, now]]),
    message_count: 0,
    total_message_sent: 0,
  };
  world.channels.set(thread.id, thread);
  publishThread(world, 'THREAD_CREATE', thread, { newly_created: true });
  if (input.message) {
    input.message.thread_id = thread.id;
    input.message.flags |= HAS_THREAD;
    world.publish(messageDispatch(world, 'MESSAGE_UPDATE', input.message));
  }
  return thread;
}

export function publishThread(world: World, t: string, thread: Channel, extra: object = {}): void {
  const d = { ...channelJson(world, thread), ...extra };
  world.publish({ t, channelId: thread.id, guildId: thread.guild_id ?? '', d });
}

export interface ThreadChange {
  name?: string;
  archived?: boolean;
  locked?: boolean;
  auto_archive_duration?: number;
  invitable?: boolean;
  rate_limit_per_user?: number;
}

export function updateThread(world: World, thread: Channel, change: ThreadChange): Channel {
  const { name, rate_limit_per_user, ...metadata } = change;
  if (name !== undefined) thread.name = name;
  if (rate_limit_per_user !== undefined) thread.rate_limit_per_user = rate_limit_per_user;
  if (thread.thread_metadata) {
    if (metadata.archived !== undefined && metadata.archived !== thread.thread_metadata.archived) {
      thread.thread_metadata.archive_timestamp = isoNow(world);
    }
    Object.assign(thread.thread_metadata, metadata);
  }
  publishThread(world, 'THREAD_UPDATE', thread);
  return thread;
}

/** Adds or removes a member. Both the member and the others are told. */
export function setThreadMember(world: World, thread: Channel, userId: string, joined: boolean): void {
  const members = (thread.thread_members ??= new Map());
  if (members.has(userId) === joined) return;
  if (joined) members.set(userId, isoNow(world));
  const added = joined ? [threadMemberJson(thread, userId)] : [];
  if (joined && thread.type === 12) publishThread(world, 'THREAD_CREATE', thread);
  world.publish({
    t: 'THREAD_MEMBERS_UPDATE',
    guildId: thread.guild_id ?? '',
    channelId: thread.id,
    d: {
      id: thread.id,
      guild_id: thread.guild_id,
      member_count: members.size - (joined ? 0 : 1),
      ...(joined ? { added_members: added } : { removed_member_ids: [userId] }),
    },
  });
  if (!joined) members.delete(userId);
}
